package check

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yannh/kubeconform/pkg/validator"
)

// kubernetesModule holds the document of Kubernetes' API. kubeconform's usual schemas are made from the same document and
// lie on a web site; these come as a Go module, pinned and checked like any other.
const kubernetesModule = "k8s.io/kubernetes@v1.37.2"

// kubernetesSchemas makes a strict JSON schema for each kind of object, as files that kubeconform finds.
func kubernetesSchemas(t *testing.T) validator.Validator {
	t.Helper()
	definitions := apiDefinitions(t)
	folder := t.TempDir()
	for name, definition := range definitions {
		for _, kind := range kinds(definition) {
			schema := map[string]any{"$schema": "http://json-schema.org/draft-07/schema#", "$ref": "#/definitions/" + name, "definitions": definitions}
			text, err := json.Marshal(schema)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(folder, kind+".json"), text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	v, err := validator.New([]string{folder + "/{{.ResourceKind}}{{.KindSuffix}}.json"}, validator.Opts{Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// apiDefinitions are the types of the API. Those with properties have no others: that makes the schemas strict.
func apiDefinitions(t *testing.T) map[string]map[string]any {
	t.Helper()
	var module struct{ Dir string }
	download, err := exec.CommandContext(t.Context(), "go", "mod", "download", "-json", kubernetesModule).Output()
	if err != nil {
		t.Fatalf("go mod download %s: %v: %s", kubernetesModule, err, download)
	}
	if err := json.Unmarshal(download, &module); err != nil {
		t.Fatal(err)
	}
	var document struct {
		Definitions map[string]map[string]any `json:"definitions"`
	}
	if err := json.Unmarshal([]byte(read(t, filepath.Join(module.Dir, "api/openapi-spec/swagger.json"))), &document); err != nil {
		t.Fatal(err)
	}
	for name, definition := range document.Definitions {
		if strings.HasSuffix(name, ".util.intstr.IntOrString") {
			definition["type"] = []string{"string", "integer"}
			delete(definition, "format")
		}
		if strings.HasSuffix(name, ".api.resource.Quantity") {
			definition["type"] = []string{"string", "number"}
		}
		if definition["properties"] != nil {
			definition["additionalProperties"] = false
		}
	}
	return document.Definitions
}

// kinds are the names under which kubeconform looks for the type: service-v1, deployment-apps-v1.
func kinds(definition map[string]any) (names []string) {
	list, _ := definition["x-kubernetes-group-version-kind"].([]any)
	if len(list) != 1 { // the types of all groups, such as DeleteOptions
		return nil
	}
	kind, _ := list[0].(map[string]any)
	group, _, _ := strings.Cut(kind["group"].(string), ".")
	name := strings.ToLower(kind["kind"].(string))
	if group != "" {
		name += "-" + group
	}
	return []string{name + "-" + kind["version"].(string)}
}

// conform fails the test unless kubeconform knows the manifest's kind and finds it valid.
func conform(t *testing.T, v validator.Validator, manifest string) {
	t.Helper()
	for _, result := range v.Validate("manifest.yaml", io.NopCloser(bytes.NewReader([]byte(manifest)))) {
		if result.Status != validator.Valid {
			t.Errorf("%v: %v\n%s", result.Err, result.ValidationErrors, manifest)
		}
	}
}

// Without this the test of the chart could not fail.
func TestSchemasFindMistakes(t *testing.T) {
	v := kubernetesSchemas(t)
	for name, manifest := range map[string]string{
		"unknown field": "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {selectors: {}}\n",
		"wrong type":    "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: x}]}\n",
		"missing field": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {selector: {}}\n",
		"removed kind":  "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: a}\n",
	} {
		for _, result := range v.Validate("manifest.yaml", io.NopCloser(strings.NewReader(manifest))) {
			if result.Status == validator.Valid {
				t.Errorf("%s: found valid", name)
			}
		}
	}
}

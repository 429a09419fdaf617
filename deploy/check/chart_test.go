package check

import (
	"regexp"
	"strings"
	"testing"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/lint"
	"helm.sh/helm/v3/pkg/lint/support"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"sigs.k8s.io/yaml"
)

const chartFolder = "../helm/checkoutsvc"

// smallest is the least that an operator must say.
const smallest = "polar: sandbox\npolarToken: {secret: polar}\ncallers: {secret: callers}\n"

// installations are configurations that operators run.
var installations = map[string]string{
	"smallest": smallest,
	"play":     "polar: embedded\nallowUnauthenticatedCallers: true\n",
	"file":     smallest + "store: {file: {enabled: true}}\n",
	"callers' own tokens": `
polar: production
credentials: caller
tls: {secret: tls, clientCA: true}
`,
	"everything": `
polar: production
organizations: {secret: organizations}
callers: {secret: callers}
jwt: {issuer: https://issuer.example, audience: checkoutsvc, jwks: "https://issuer.example:8443/keys"}
tls: {secret: tls, clientCA: true}
autoscaling: {enabled: true}
store: {redis: {secret: redis, ca: {secret: redis-ca}}, sealing: {secret: sealing}}
buyers: {enabled: true, corsOrigins: [https://shop.example], trustedProxies: [10.0.0.0/8], ipHeader: X-Forwarded-For}
otlpEndpoint: http://collector:4318/
extraArgs: [--polar-share=0.5]
networkPolicy: {from: [{namespaceSelector: {}}], buyersFrom: [{namespaceSelector: {}}], extraEgress: [{ports: [{port: 3128}]}]}
image: {digest: sha256:` + strings.Repeat("0a", 32) + `, pullSecrets: [{name: pull}]}
podAnnotations: {example.com/team: sales}
nodeSelector: {kubernetes.io/arch: arm64}
tolerations: [{key: sales, operator: Exists}]
affinity: {nodeAffinity: {}}
priorityClassName: high
`,
}

func TestChartIsSoundForHelm(t *testing.T) {
	linted := lint.All(chartFolder, parse(t, smallest), "sales", false)
	for _, message := range linted.Messages {
		if message.Severity > support.InfoSev {
			t.Error(message)
		}
	}
}

// The schemas are Kubernetes' own, and strict: a misspelt field is an error.
func TestChartRendersWhatKubernetesAccepts(t *testing.T) {
	schemas := kubernetesSchemas(t)
	for name, values := range installations {
		t.Run(name, func(t *testing.T) {
			for _, manifest := range render(t, values) {
				conform(t, schemas, manifest)
			}
		})
	}
}

func TestChartRefusesWhatCannotWork(t *testing.T) {
	for values, want := range map[string]string{
		"":                                       "set polar",
		"polar: sandbox\ncallers: {secret: c}\n": "polarToken.secret",
		"polar: sandbox\npolarToken: {secret: p}\n":                                                    "who may call",
		smallest + "allowUnauthenticatedCallers: true\n":                                               "contradicts",
		smallest + "replicas: 2\n":                                                                     "needs store.redis.secret",
		smallest + "autoscaling: {enabled: true}\n":                                                    "needs store.redis.secret",
		smallest + "replicas: 2\nstore: {file: {enabled: true}}\n":                                     "needs store.redis.secret",
		smallest + "store: {redis: {secret: r}, file: {enabled: true}}\n":                              "one of store.redis.secret",
		smallest + "store: {redis: {ca: {secret: s}}}\n":                                               "store.redis.ca needs",
		smallest + "store: {sealing: {secret: s}}\n":                                                   "nothing else is stored",
		smallest + "organizations: {secret: o}\n":                                                      "one of polarToken.secret",
		smallest + "credentials: caller\n":                                                             "holds no token",
		smallest + "jwt: {issuer: https://issuer.example}\n":                                           "jwt needs all",
		"polar: sandbox\npolarToken: {secret: p}\ntls: {clientCA: true}\n":                             "tls.clientCA needs",
		smallest + "buyers: {trustedProxies: [10.0.0.0/8]}\n":                                          "belong together",
		"polar: sandbox\ncredentials: caller\ncallers: {secret: c}\n":                                  "tls.clientCA",
		"polar: embedded\nallowUnauthenticatedCallers: true\nreplicas: 2\nstore: {redis: {secret: r}}": "one process",
		smallest + "replica: 2\n":                                                                      "replica",
		"polar: staging\n":                                                                             "polar",
	} {
		_, err := manifests(t, values)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("values %q: got %v, want an error with %q", values, err, want)
		}
	}
}

// Kubernetes kills what outlives its grace period, be it a confirm whose buyer is paying.
func TestGracePeriodOutlastsTheDrain(t *testing.T) {
	for _, values := range []string{"", "drainTimeoutSeconds: 300\n", "drainDelaySeconds: 90\n"} {
		pod := deployment(t, smallest+values).Spec.Template.Spec
		delay, timeout := seconds(t, pod, "drain-delay"), seconds(t, pod, "drain-timeout")
		if grace := *pod.TerminationGracePeriodSeconds; grace < delay+timeout+toClose {
			t.Errorf("%q: grace period of %d s for a drain of %d s and %d s", values, grace, delay, timeout)
		}
	}
}

func TestWithoutRedisTwoProcessesNeverOverlap(t *testing.T) {
	if got := deployment(t, smallest).Spec.Strategy.Type; got != appsv1.RecreateDeploymentStrategyType {
		t.Errorf("without Redis: %s", got)
	}
	if got := deployment(t, smallest+"store: {redis: {secret: r}}\n").Spec.Strategy.Type; got != appsv1.RollingUpdateDeploymentStrategyType {
		t.Errorf("with Redis: %s", got)
	}
}

func TestPodIsConfined(t *testing.T) {
	for name, values := range installations {
		pod := deployment(t, values).Spec.Template.Spec
		container := pod.Containers[0].SecurityContext
		if !*pod.SecurityContext.RunAsNonRoot || *pod.AutomountServiceAccountToken || !*container.ReadOnlyRootFilesystem ||
			*container.AllowPrivilegeEscalation || len(container.Capabilities.Drop) != 1 || container.Capabilities.Drop[0] != "ALL" {
			t.Errorf("%s: %+v %+v", name, pod.SecurityContext, container)
		}
		for _, mount := range pod.Containers[0].VolumeMounts {
			if mount.SubPath != "" {
				t.Errorf("%s: %s is mounted by subPath, so that a rotated secret never arrives", name, mount.Name)
			}
		}
	}
}

// A selector that matches no pod, or a port that no container has, is valid for Kubernetes and useless.
func TestPartsFindEachOther(t *testing.T) {
	for name, values := range installations {
		pod := deployment(t, values).Spec.Template
		for _, service := range objects[corev1.Service](t, values, "Service") {
			for _, port := range service.Spec.Ports {
				if !hasPort(pod.Spec, port.TargetPort.StrVal) {
					t.Errorf("%s: service %s: no port %s in the pod", name, service.Name, port.TargetPort.StrVal)
				}
			}
			selects(t, name, service.Spec.Selector, pod.Labels)
		}
		for _, policy := range objects[networkingv1.NetworkPolicy](t, values, "NetworkPolicy") {
			selects(t, name, policy.Spec.PodSelector.MatchLabels, pod.Labels)
		}
		for _, budget := range objects[policyv1.PodDisruptionBudget](t, values, "PodDisruptionBudget") {
			selects(t, name, budget.Spec.Selector.MatchLabels, pod.Labels)
		}
		for _, scaler := range objects[autoscalingv2.HorizontalPodAutoscaler](t, values, "HorizontalPodAutoscaler") {
			if scaler.Spec.ScaleTargetRef.Name != deployment(t, values).Name {
				t.Errorf("%s: scales %s", name, scaler.Spec.ScaleTargetRef.Name)
			}
		}
	}
}

// What the service is told to reach, its network lets it reach.
func TestNetworkPolicyOpensWhatTheValuesName(t *testing.T) {
	open := map[int]bool{}
	for _, rule := range objects[networkingv1.NetworkPolicy](t, installations["everything"], "NetworkPolicy")[0].Spec.Egress {
		for _, port := range rule.Ports {
			open[port.Port.IntValue()] = true
		}
	}
	for name, port := range map[string]int{"Polar": 443, "the issuer's keys": 8443, "the collector": 4318, "Redis": 6379, "extraEgress": 3128} {
		if !open[port] {
			t.Errorf("%s (port %d) cannot be reached: %v", name, port, open)
		}
	}
}

// A proxy that is told http sends plain text to a port that speaks TLS.
func TestServicesTellOfTLS(t *testing.T) {
	for values, want := range map[string]string{smallest: "http", installations["everything"]: "https"} {
		for _, service := range objects[corev1.Service](t, values, "Service") {
			for _, port := range service.Spec.Ports {
				if got := *port.AppProtocol; (port.Name == "rest" || port.Name == "buyers") && got != want || port.Name == "grpc" && want == "https" && got != want {
					t.Errorf("%s: port %s says %s, want %s", service.Name, port.Name, got, want)
				}
			}
		}
	}
}

func TestChartHasTheServicesVersion(t *testing.T) {
	loaded := load(t)
	want := strings.TrimSpace(read(t, "../../VERSION"))
	if loaded.Metadata.Version != want || loaded.Metadata.AppVersion != want {
		t.Errorf("chart %s of the service %s, VERSION says %s", loaded.Metadata.Version, loaded.Metadata.AppVersion, want)
	}
}

func hasPort(pod corev1.PodSpec, name string) bool {
	for _, port := range pod.Containers[0].Ports {
		if port.Name == name {
			return true
		}
	}
	return false
}

// selects fails the test unless labels has all of the selector, and the selector says something.
func selects(t *testing.T, name string, selector, labels map[string]string) {
	t.Helper()
	if len(selector) == 0 {
		t.Errorf("%s: an empty selector", name)
	}
	for key, value := range selector {
		if labels[key] != value {
			t.Errorf("%s: %s=%s selects no pod", name, key, value)
		}
	}
}

func load(t *testing.T) *chart.Chart {
	t.Helper()
	loaded, err := loader.Load(chartFolder)
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

// manifests is what `helm template` would give for values.
func manifests(t *testing.T, values string) ([]string, error) {
	t.Helper()
	loaded := load(t)
	all, err := chartutil.ToRenderValues(loaded, parse(t, values), chartutil.ReleaseOptions{Name: "sales", Namespace: "shop", IsInstall: true}, nil)
	if err != nil {
		return nil, err
	}
	files, err := engine.Render(loaded, all)
	if err != nil {
		return nil, err
	}
	var documents []string
	for name, file := range files {
		if !strings.HasSuffix(name, ".yaml") {
			continue
		}
		for _, document := range regexp.MustCompile(`(?m)^---$`).Split(file, -1) {
			if strings.TrimSpace(document) != "" {
				documents = append(documents, document)
			}
		}
	}
	return documents, nil
}

func render(t *testing.T, values string) []string {
	t.Helper()
	documents, err := manifests(t, values)
	if err != nil {
		t.Fatal(err)
	}
	return documents
}

// objects are the rendered ones of a kind. A field that the kind lacks fails the test.
func objects[T any](t *testing.T, values, kind string) (found []T) {
	t.Helper()
	for _, document := range render(t, values) {
		if !strings.Contains(document, "\nkind: "+kind+"\n") {
			continue
		}
		var object T
		if err := yaml.UnmarshalStrict([]byte(document), &object); err != nil {
			t.Fatalf("%v in\n%s", err, document)
		}
		found = append(found, object)
	}
	return found
}

func deployment(t *testing.T, values string) appsv1.Deployment {
	t.Helper()
	return objects[appsv1.Deployment](t, values, "Deployment")[0]
}

// seconds is the value of a flag of the pod's, in whole seconds.
func seconds(t *testing.T, pod corev1.PodSpec, flag string) int64 {
	t.Helper()
	for _, argument := range pod.Containers[0].Args {
		if value, found := strings.CutPrefix(argument, "--"+flag+"="); found {
			return duration(t, value)
		}
	}
	t.Fatalf("no --%s", flag)
	return 0
}

func parse(t *testing.T, text string) (values map[string]any) {
	t.Helper()
	values = map[string]any{}
	if err := yaml.Unmarshal([]byte(text), &values); err != nil {
		t.Fatal(err)
	}
	return values
}

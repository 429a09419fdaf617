package oasdiff

import "slices"

// normal rewrites schemas into one form of saying the same, since oasdiff compares forms: null among the types, enums
// in their place, one flat list of alternatives. Formats of integers go: they are hints for generators.
func normal(node any, schemas map[string]any) any {
	switch node := node.(type) {
	case []any:
		for i := range node {
			node[i] = normal(node[i], schemas)
		}
	case map[string]any:
		inlineEnum(node, schemas)
		for name := range node {
			node[name] = normal(node[name], schemas)
		}
		normalSchema(node)
	}
	return node
}

// inlineEnum puts an enum in the place of a reference to it.
func inlineEnum(node, schemas map[string]any) {
	ref, _ := node["$ref"].(string)
	if enum, ok := schemas[lastSegment(ref)].(map[string]any); ok && enum["enum"] != nil {
		delete(node, "$ref")
		mergeInto(node, enum)
		node["type"] = enum["type"]
	}
}

func normalSchema(schema map[string]any) {
	flattenOneOf(schema)
	alternatives, _ := schema["anyOf"].([]any)
	if types, all := mergedTypes(alternatives); all {
		delete(schema, "anyOf")
		for _, alternative := range alternatives {
			mergeInto(schema, alternative.(map[string]any))
		}
		schema["type"] = types
	}
	types, _ := schema["type"].([]any)
	if schema["type"] == "integer" || slices.Contains(types, any("integer")) {
		delete(schema, "format")
	}
	if values, ok := schema["enum"].([]any); ok && slices.Contains(types, any("null")) && !slices.Contains(values, nil) {
		schema["enum"] = append(slices.Clone(values), nil)
	}
}

// mergedTypes are the types of alternatives that differ in nothing but the type and limits of that type.
func mergedTypes(alternatives []any) (types []any, all bool) {
	for _, alternative := range alternatives {
		schema, ok := alternative.(map[string]any)
		kind, single := schema["type"].(string)
		if !ok || !single {
			return nil, false
		}
		if !slices.Contains(types, any(kind)) {
			types = append(types, kind)
		}
	}
	return types, len(types) > 0
}

func mergeInto(schema, alternative map[string]any) {
	for name, value := range alternative {
		switch name {
		case "type", "title", "description", "examples":
		case "const":
			schema["enum"] = []any{value}
		default:
			schema[name] = value
		}
	}
}

// flattenOneOf replaces an alternative that is itself nothing but alternatives by those.
func flattenOneOf(schema map[string]any) {
	alternatives, ok := schema["oneOf"].([]any)
	if !ok {
		return
	}
	var flat []any
	for _, alternative := range alternatives {
		inner, _ := alternative.(map[string]any)["oneOf"].([]any)
		if inner == nil {
			inner = []any{alternative}
		}
		flat = append(flat, inner...)
	}
	schema["oneOf"] = flat
}

// normalParameters turns a query parameter that is one value or a list of them into the list: in a query, a list of one
// is one value, and null cannot be said.
func normalParameters(document map[string]any) {
	for _, item := range document["paths"].(map[string]any) {
		for _, operation := range item.(map[string]any) {
			parameters, _ := operation.(map[string]any)["parameters"].([]any)
			for _, parameter := range parameters {
				schema, ok := parameter.(map[string]any)["schema"].(map[string]any)
				if !ok {
					continue
				}
				listOnly(schema)
			}
		}
	}
}

func listOnly(schema map[string]any) {
	alternatives, _ := schema["anyOf"].([]any)
	for _, alternative := range alternatives {
		if inner := alternative.(map[string]any); inner["type"] == "array" {
			delete(schema, "anyOf")
			mergeInto(schema, inner)
			schema["type"] = "array"
			return
		}
	}
	for _, alternative := range alternatives {
		if inner := alternative.(map[string]any); inner["type"] != "null" {
			delete(schema, "anyOf")
			mergeInto(schema, inner)
			schema["type"] = inner["type"]
		}
	}
}

// inlineUnions puts a schema that is nothing but alternatives in the place of references to it, within other
// alternatives: then flattenOneOf sees them.
func inlineUnions(document map[string]any) {
	schemas := document["components"].(map[string]any)["schemas"].(map[string]any)
	var visit func(node any)
	visit = func(node any) {
		switch node := node.(type) {
		case []any:
			for _, inner := range node {
				visit(inner)
			}
		case map[string]any:
			oneOf, _ := node["oneOf"].([]any)
			anyOf, _ := node["anyOf"].([]any)
			for _, alternatives := range [][]any{oneOf, anyOf} {
				replaceUnions(alternatives, schemas)
			}
			for _, inner := range node {
				visit(inner)
			}
		}
	}
	visit(document["paths"])
	visit(schemas)
}

func replaceUnions(alternatives []any, schemas map[string]any) {
	for i, alternative := range alternatives {
		ref, _ := alternative.(map[string]any)["$ref"].(string)
		if union, ok := schemas[lastSegment(ref)].(map[string]any); ok && union["oneOf"] != nil {
			alternatives[i] = map[string]any{"oneOf": union["oneOf"], "discriminator": union["discriminator"]}
		}
	}
}

package validate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	operator "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"
)

// kubernetesVersion is that of the schemas, the newest that kubectl-validate brings along.
const kubernetesVersion = "1.30"

// object is a Kubernetes object as its manifest has it.
type object map[string]any

func (o object) kind() string { kind, _ := o["kind"].(string); return kind }

func (o object) name() string {
	metadata, _ := o["metadata"].(map[string]any)
	name, _ := metadata["name"].(string)
	return name
}

// parseObjects reads a file of manifests.
func parseObjects(text []byte) ([]object, error) {
	var all []object
	for decoder := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var o map[string]any
		switch err := decoder.Decode(&o); {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, err
		}
		if len(o) > 0 {
			all = append(all, o)
		}
	}
}

// decode reads the object into a type of Go, and refuses what the type does not have.
func (o object) decode(into any) error {
	text, err := json.Marshal(o)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

// validateObject holds the object against the schema of its kind: Kubernetes' own, or the
// types of the Prometheus operator, from which its schemas are made.
func validateObject(o object) error {
	version, _ := o["apiVersion"].(string)
	if version == operator.SchemeGroupVersion.String() {
		return validateMonitoring(o)
	}
	schema, err := kubernetesSchema(version, o.kind())
	if err != nil {
		return err
	}
	return schema.Validate(map[string]any(o))
}

func validateMonitoring(o object) error {
	var into any
	switch o.kind() {
	case operator.ServiceMonitorsKind:
		into = new(operator.ServiceMonitor)
	case operator.PodMonitorsKind:
		into = new(operator.PodMonitor)
	case operator.PrometheusRuleKind:
		into = new(operator.PrometheusRule)
	default:
		return fmt.Errorf("%s is not a kind of the Prometheus operator", o.kind())
	}
	return o.decode(into)
}

// schemaFolder is where the module kubectl-validate keeps Kubernetes' OpenAPI documents. No
// package of it is imported, so it has to be downloaded by name.
var schemaFolder = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("go", "mod", "download", "-json", "sigs.k8s.io/kubectl-validate").Output()
	if err != nil {
		return "", fmt.Errorf("find the schemas: %w", err)
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(out, &module); err != nil {
		return "", fmt.Errorf("find the schemas: %w", err)
	}
	return filepath.Join(module.Dir, "pkg/openapiclient/builtins", kubernetesVersion), nil
})

// kubernetesSchema returns the schema of a kind, in which unknown fields are errors.
func kubernetesSchema(version, kind string) (*jsonschema.Schema, error) {
	folder, err := schemaFolder()
	if err != nil {
		return nil, err
	}
	path := filepath.Join(folder, "apis", version+".json")
	if !strings.Contains(version, "/") {
		path = filepath.Join(folder, "api", version+".json")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("no such API version: %w", err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	schemas := document.(map[string]any)["components"].(map[string]any)["schemas"].(map[string]any)
	for name, schema := range schemas {
		closeSchema(schema)
		if !strings.HasSuffix(name, "."+kind) {
			continue
		}
		compiler := jsonschema.NewCompiler()
		if err := compiler.AddResource("file:///openapi.json", document); err != nil {
			return nil, err
		}
		for _, schema := range schemas {
			closeSchema(schema)
		}
		return compiler.Compile("file:///openapi.json#/components/schemas/" + name)
	}
	return nil, fmt.Errorf("%s has no kind %s", version, kind)
}

// closeSchema lets an object have the properties that are named and no others, which is
// what the API server does with strict field validation.
func closeSchema(schema any) {
	fields, ok := schema.(map[string]any)
	if !ok {
		return
	}
	if _, ok := fields["properties"]; ok && fields["additionalProperties"] == nil {
		fields["additionalProperties"] = false
	}
}

func TestSchemaRefuses(t *testing.T) {
	for name, manifest := range map[string]string{
		"no such version":       "apiVersion: apps/v9\nkind: DaemonSet\n",
		"no such kind":          "apiVersion: apps/v1\nkind: DemonSet\n",
		"unknown field":         "apiVersion: v1\nkind: ServiceAccount\nautomountToken: false\n",
		"unknown field, deeper": "apiVersion: v1\nkind: Service\nspec:\n  clusterIp: None\n",
		"wrong type":            "apiVersion: v1\nkind: Service\nspec:\n  ports:\n  - port: http\n",
		"missing field":         "apiVersion: apps/v1\nkind: DaemonSet\nspec:\n  selector: {}\n",
		"monitor":               "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nspec:\n  endpoint: []\n",
		"rule":                  "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nspec:\n  groups:\n  - name: a\n    rules:\n    - alrt: A\n",
	} {
		t.Run(name, func(t *testing.T) {
			objects, err := parseObjects([]byte(manifest))
			if err != nil || len(objects) != 1 {
				t.Fatal(err)
			}
			if err := validateObject(objects[0]); err == nil {
				t.Error("accepted")
			}
		})
	}
}

package main

import (
	"crypto/tls"
	"errors"
	"path/filepath"
	"strings"

	"github.com/prometheus/exporter-toolkit/web"
	"go.yaml.in/yaml/v3"

	"proctree/collector/group/rules"
	"proctree/tree-api/access"
)

// front is what --web.config.file says, which exporter-toolkit asks of every caller before a
// request gets here.
type front struct {
	frontFile
	// text is that of the file, and copied what the toolkit reads in its place: the same with
	// the certificates in it. The toolkit reads at each request, so a file that was broken
	// meanwhile, or a certificate of which only a half was replaced, would refuse everybody.
	text, copied []byte
	// files are those whose content is in the copy.
	files []fileState
}

// accept makes a front of the text of a file, if the toolkit takes it.
func (f *configFiles) accept(path string, text []byte) (front, error) {
	parsed, err := readFrontFile(text)
	if err != nil {
		return front{}, err
	}
	made := front{frontFile: parsed, text: text}
	for _, file := range parsed.files(path) {
		made.files = append(made.files, stateOf(file))
	}
	if made.copied, err = f.inline(path, text); err != nil {
		return front{}, err
	}
	trial, err := newPrivateFile()
	if err != nil {
		return front{}, err
	}
	defer trial.close()
	if err := trial.put(made.copied); err != nil {
		return front{}, err
	}
	if err := web.Validate(trial.path()); err != nil {
		return front{}, errors.New(strings.Join(strings.Fields(err.Error()), " "))
	}
	return made, nil
}

// inline returns the text of a file with the content of the files that it names.
func (f *configFiles) inline(path string, text []byte) ([]byte, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil || len(document.Content) == 0 || document.Content[0].Kind != yaml.MappingNode {
		return text, nil //nolint:nilerr // The toolkit says what is wrong.
	}
	top := document.Content[0]
	for i := 0; i+1 < len(top.Content); i += 2 {
		if top.Content[i].Value != "tls_server_config" {
			continue
		}
		members, err := rules.Members(top.Content[i+1])
		if err != nil {
			return text, nil //nolint:nilerr // The same.
		}
		if top.Content[i+1], err = f.inlineTLS(path, members); err != nil {
			return nil, err
		}
	}
	return yaml.Marshal(&document)
}

// inlineTLS makes "cert: TEXT" of "cert_file: PATH".
func (f *configFiles) inlineTLS(path string, members []rules.Member) (*yaml.Node, error) {
	node := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for _, m := range members {
		key, value := m.Name, m.Value
		if inner, isFile := strings.CutSuffix(key, "_file"); isFile && value.Kind == yaml.ScalarNode && value.Value != "" {
			content, err := f.files.read(besides(path, value.Value))
			if err != nil {
				return nil, err
			}
			key, value = inner, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: string(content)}
		}
		node.Content = append(node.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key}, value)
	}
	return node, nil
}

// frontFile is the part of --web.config.file that says who gets through.
type frontFile struct {
	Users map[string]string `yaml:"basic_auth_users"`
	TLS   struct {
		ClientAuth string `yaml:"client_auth_type"`
		Cert       string `yaml:"cert_file"`
		InlineCert string `yaml:"cert"`
		Key        string `yaml:"key_file"`
		ClientCAs  string `yaml:"client_ca_file"`
	} `yaml:"tls_server_config"`
}

func readFrontFile(text []byte) (f frontFile, err error) {
	if err := yaml.Unmarshal(text, &f); err != nil {
		return f, syntaxError(err)
	}
	return f, nil
}

// files are the files that this one names. A relative path starts at the folder of the file
// itself, as exporter-toolkit has it.
func (f frontFile) files(path string) (list []string) {
	for _, file := range []string{f.TLS.Cert, f.TLS.Key, f.TLS.ClientCAs} {
		if file != "" {
			list = append(list, besides(path, file))
		}
	}
	return list
}

func besides(path, file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(filepath.Dir(path), file)
}

// usesTLS reports whether the toolkit answers by TLS, which it decides when it starts.
func (f frontFile) usesTLS() bool { return f.TLS.Cert != "" || f.TLS.InlineCert != "" }

// role is what a caller may see whom the front lets through.
func (f frontFile) role() access.Role {
	if f.closed() {
		return access.Operator
	}
	return access.None
}

// closed reports whether nobody gets through without a password or a certificate that is
// verified.
func (f frontFile) closed() bool {
	return len(f.Users) > 0 || f.TLS.ClientAuth == tls.RequireAndVerifyClientCert.String()
}

// controllers returns the users of the section "control" whose passwords the server in front
// checks. Where it only checks certificates, a caller can claim any name.
func (c *configuration) controllers() map[string]bool {
	list := make(map[string]bool)
	for user := range c.control.Users() {
		if _, ok := c.front.Users[user]; ok {
			list[user] = true
		}
	}
	return list
}

// Package openapi holds the description of the API (OpenAPI 3.1).
package openapi

import _ "embed"

// Document is the description, as it is served.
//
//go:embed openapi.json
var Document []byte

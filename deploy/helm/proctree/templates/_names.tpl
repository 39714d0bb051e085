{{- define "proctree.name" -}}
{{- if contains "proctree" .Release.Name }}{{ .Release.Name | trunc 54 | trimSuffix "-" }}{{ else }}{{ printf "%s-proctree" .Release.Name | trunc 63 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "proctree.selector" -}}
app.kubernetes.io/name: proctree-exporter
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "proctree.labels" -}}
{{ include "proctree.selector" . }}
app.kubernetes.io/part-of: proctree
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "proctree.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}{{ .Values.serviceAccount.name | default (include "proctree.name" .) }}{{ else }}{{ required "serviceAccount.name is needed where none is created" .Values.serviceAccount.name }}{{ end }}
{{- end }}

{{- define "farstu.name" -}}
{{ .Release.Name | trunc 50 | trimSuffix "-" }}
{{- end }}

{{- define "farstu.selector" -}}
app.kubernetes.io/name: farstu
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "farstu.labels" -}}
{{ include "farstu.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | quote }}
{{- end }}

{{- define "farstu.isSqlite" -}}
{{ if hasPrefix "sqlite:" .Values.storage.database }}yes{{ end }}
{{- end }}

{{/* What the schema cannot say, told before anything is changed. */}}
{{- define "farstu.refuse" -}}
{{- if include "farstu.isSqlite" . }}
{{- if gt (int .Values.replicas) 1 }}
{{- fail "SQLite is one file on one machine: set replicas to 1, or storage.database to postgresql://…" }}
{{- end }}
{{- if not .Values.storage.existingClaim }}
{{- fail "SQLite needs a volume that outlives the pod: name a PersistentVolumeClaim in storage.existingClaim" }}
{{- end }}
{{- else if .Values.storage.existingClaim }}
{{- fail "storage.existingClaim is for SQLite: with PostgreSQL nothing is kept on a volume" }}
{{- end }}
{{- if and .Values.metrics.serviceMonitor (not .Values.metrics.enabled) }}
{{- fail "metrics.serviceMonitor needs metrics.enabled" }}
{{- end }}
{{- if and .Values.networkPolicy.enabled (not .Values.networkPolicy.from) }}
{{- fail "networkPolicy.from must say who may reach the broker: the ingress controller" }}
{{- end }}
{{- end }}

{{- define "farstu.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "farstu.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "farstu.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{- define "farstu.environment" -}}
- { name: FARSTU_ISSUER, value: {{ .Values.issuer | quote }} }
- { name: FARSTU_SERVER__PORT, value: "8000" }
- { name: FARSTU_SERVER__WORKERS, value: {{ .Values.server.workers | quote }} }
- { name: FARSTU_SERVER__DRAIN_SECONDS, value: {{ .Values.server.drainSeconds | quote }} }
- { name: FARSTU_SERVER__TRUSTED_PROXIES, value: {{ join " " .Values.server.trustedProxies | quote }} }
- { name: FARSTU_TELEMETRY__METRICS_PORT, value: {{ ternary .Values.metrics.port 0 .Values.metrics.enabled | quote }} }
- { name: FARSTU_STORAGE__DATABASE, value: {{ .Values.storage.database | quote }} }
- { name: FARSTU_STORAGE__TRANSIENT, value: {{ .Values.storage.transient | quote }} }
{{- range $key, $setting := .Values.secretKeys }}
- { name: {{ printf "%s_FILE" $setting }}, value: {{ printf "/run/secrets/farstu/%s" $key | quote }} }
{{- end }}
{{- range $name, $value := .Values.environment }}
- { name: {{ $name }}, value: {{ $value | quote }} }
{{- end }}
{{- end }}

{{- define "farstu.mounts" -}}
- { name: config, mountPath: /etc/farstu, readOnly: true }
- { name: secrets, mountPath: /run/secrets/farstu, readOnly: true }
- { name: data, mountPath: /var/lib/farstu }
- { name: tmp, mountPath: /tmp }
{{- end }}

{{/* Takes the root and the name of the ConfigMap. */}}
{{- define "farstu.volumes" -}}
{{- $root := .root -}}
- name: config
  configMap: { name: {{ .config }} }
- name: secrets
  secret:
    secretName: {{ $root.Values.existingSecret }}
    defaultMode: 0440
    items:
      {{- range $key, $_ := $root.Values.secretKeys }}
      - { key: {{ $key }}, path: {{ $key }} }
      {{- end }}
- name: data
  {{- if $root.Values.storage.existingClaim }}
  persistentVolumeClaim: { claimName: {{ $root.Values.storage.existingClaim }} }
  {{- else }}
  emptyDir: { sizeLimit: 64Mi }
  {{- end }}
- name: tmp
  emptyDir: { sizeLimit: 1Gi }
{{- end }}

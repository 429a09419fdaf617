{{- define "checkoutsvc.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}{{ end -}}
{{- end }}

{{- define "checkoutsvc.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "checkoutsvc.labels" -}}
{{ include "checkoutsvc.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "checkoutsvc.image" -}}
{{- if .Values.image.digest }}{{ printf "%s@%s" .Values.image.repository .Values.image.digest }}{{ else }}{{ printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) }}{{ end -}}
{{- end }}

{{/* What cannot work is refused here, with the way out. The program would refuse most of it at its start, pod after pod. */}}
{{- define "checkoutsvc.check" -}}
{{- $v := .Values }}
{{- if not $v.polar }}{{ fail "set polar: production, sandbox, embedded or a base URL" }}{{ end }}
{{- $several := or $v.autoscaling.enabled (gt (int $v.replicas) 1) }}
{{- if and $several (not $v.store.redis.secret) }}{{ fail "more than one replica needs store.redis.secret: without Redis each replica knows only its own request names, guards and rate limits" }}{{ end }}
{{- if and $several (eq $v.polar "embedded") }}{{ fail "the embedded Polar lives in one process: replicas must be 1" }}{{ end }}
{{- if and $v.store.redis.secret $v.store.file.enabled }}{{ fail "set one of store.redis.secret and store.file.enabled" }}{{ end }}
{{- if and $v.store.sealing.secret (not $v.store.redis.secret) (not $v.store.file.enabled) }}{{ fail "store.sealing.secret needs store.redis.secret or store.file.enabled: nothing else is stored" }}{{ end }}
{{- if and $v.store.redis.ca.secret (not $v.store.redis.secret) }}{{ fail "store.redis.ca needs store.redis.secret, with a URL that begins with rediss://" }}{{ end }}
{{- if and $v.polarToken.secret $v.organizations.secret }}{{ fail "set one of polarToken.secret and organizations.secret" }}{{ end }}
{{- $ownToken := or $v.polarToken.secret $v.organizations.secret }}
{{- if and (eq $v.credentials "service") (ne $v.polar "embedded") (not $ownToken) }}{{ fail "set polarToken.secret or organizations.secret, or credentials: caller" }}{{ end }}
{{- if and (eq $v.credentials "caller") $ownToken }}{{ fail "with credentials: caller the service holds no token: leave polarToken.secret and organizations.secret empty" }}{{ end }}
{{- if and $v.tls.clientCA (not $v.tls.secret) }}{{ fail "tls.clientCA needs tls.secret, which holds ca.crt" }}{{ end }}
{{- $jwt := list $v.jwt.issuer $v.jwt.audience $v.jwt.jwks | compact | len }}
{{- if not (has $jwt (list 0 3)) }}{{ fail "jwt needs all of issuer, audience and jwks" }}{{ end }}
{{- if and (eq $v.credentials "caller") (or $v.callers.secret (eq $jwt 3)) (not $v.tls.clientCA) }}{{ fail "credentials: caller leaves the header Authorization to Polar: callers can only be told apart by certificates, with tls.clientCA" }}{{ end }}
{{- if ne (empty $v.buyers.trustedProxies) (empty $v.buyers.ipHeader) }}{{ fail "buyers.trustedProxies and buyers.ipHeader belong together" }}{{ end }}
{{- $authenticated := or $v.callers.secret $v.tls.clientCA (eq $jwt 3) }}
{{- if and $authenticated $v.allowUnauthenticatedCallers }}{{ fail "allowUnauthenticatedCallers contradicts callers.secret, jwt and tls.clientCA" }}{{ end }}
{{- if not (or $authenticated $v.allowUnauthenticatedCallers) }}{{ fail "say who may call: callers.secret, jwt or tls.clientCA; allowUnauthenticatedCallers: true opens the service to whoever reaches it" }}{{ end }}
{{- end }}

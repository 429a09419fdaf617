{{/* Secrets are mounted as folders, never by subPath: only so a rotated one arrives in a running pod. */}}
{{- define "checkoutsvc.secrets" -}}
polar: {{ .Values.polarToken.secret | quote }}
organizations: {{ .Values.organizations.secret | quote }}
callers: {{ .Values.callers.secret | quote }}
tls: {{ .Values.tls.secret | quote }}
sealing: {{ .Values.store.sealing.secret | quote }}
redis-ca: {{ .Values.store.redis.ca.secret | quote }}
{{- end }}

{{- define "checkoutsvc.mounts" -}}
{{- range $name, $secret := include "checkoutsvc.secrets" . | fromYaml }}
{{- if $secret }}
- name: {{ $name }}
  mountPath: /etc/checkoutsvc/{{ $name }}
  readOnly: true
{{- end }}
{{- end }}
{{- if .Values.store.file.enabled }}
- name: store
  mountPath: /var/lib/checkoutsvc
{{- end }}
{{- end }}

{{- define "checkoutsvc.volumes" -}}
{{- range $name, $secret := include "checkoutsvc.secrets" . | fromYaml }}
{{- if $secret }}
- name: {{ $name }}
  secret:
    secretName: {{ $secret }}
    # Of root and the group 65532 (fsGroup), for nobody else.
    defaultMode: 0440
{{- end }}
{{- end }}
{{- if .Values.store.file.enabled }}
- name: store
  persistentVolumeClaim:
    claimName: {{ include "checkoutsvc.name" . }}
{{- end }}
{{- end }}

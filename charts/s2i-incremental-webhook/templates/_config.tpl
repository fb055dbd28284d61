{{- /* The configuration file. */ -}}
{{- define "s2i.config" -}}
{{- $config := deepCopy .Values.config -}}
{{- $assemble := $config.assemble -}}
{{- if not (kindIs "string" $assemble.baseUrl) -}}
{{- $_ := set $assemble "baseUrl" (include "s2i.scriptsUrl" .) -}}
{{- end -}}
{{- $profiles := $assemble.profiles | default dict -}}
{{- $_ := unset $assemble "profiles" -}}
{{- $_ := unset $config "assemble" -}}
{{- if eq .Values.certificate.mode "self-signed" -}}
{{- $_ := set $config "certificate" (dict
      "secret" (printf "%s/%s" .Release.Namespace (include "s2i.certificateSecret" .))
      "webhookConfiguration" (include "s2i.fullname" .)
      "life" .Values.certificate.selfSigned.life
      "authorityLife" .Values.certificate.selfSigned.authorityLife) -}}
{{- end -}}
{{- if .Values.registration.instantiate -}}
{{- $_ := set $config "startBuild" (dict "warn" true) -}}
{{- end -}}
{{- with .Values.registry.credentialsSecret -}}
{{- $_ := set $config.registry "credentialsFile" "/registry/credentials/.dockerconfigjson" -}}
{{- end -}}
{{- with .Values.registry.caConfigMap -}}
{{- $_ := set $config.registry "caFile" (printf "/registry/ca/%s" $.Values.registry.caKey) -}}
{{- end -}}
{{ toYaml $config }}
assemble:
  {{- toYaml $assemble | nindent 2 }}
  {{- /* One by one: toYaml would sort them by name. */}}
  profiles:
    {{- range concat .Values.profileOrder (keys $profiles | sortAlpha) | uniq }}
    {{ . }}:
      {{- toYaml (get $profiles .) | nindent 6 }}
    {{- else }} {}
    {{- end }}
{{ end -}}

{{- /* A duration such as 1m30s in whole seconds, rounded up; templates have no other way to parse one. */ -}}
{{- define "s2i.seconds" -}}
{{- $start := toDate "2006-01-02" "2000-01-01" -}}
{{- $end := mustDateModify (printf "+%s" .) $start | mustDateModify "+999ms" -}}
{{- sub (unixEpoch $end) (unixEpoch $start) -}}
{{- end -}}

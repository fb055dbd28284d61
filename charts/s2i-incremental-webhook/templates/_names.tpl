{{- define "s2i.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- /* A Service's name has at most 63 characters; 11 are left for the suffixes of other objects. */ -}}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "s2i.selectorLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/component: webhook
{{- end -}}

{{- /* The labels of every object. */ -}}
{{- define "s2i.labels" -}}
{{ include "s2i.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "s2i.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "s2i.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- /* The Secret with the serving certificate. Its name depends on the mode, because an owner does not take over a Secret of another. */ -}}
{{- define "s2i.certificateSecret" -}}
{{- if eq .Values.certificate.mode "existing" -}}
{{- .Values.certificate.existing.secretName -}}
{{- else -}}
{{- $suffixes := dict "self-signed" "self-signed-cert" "cert-manager" "cert-manager-cert" "openshift" "serving-cert" -}}
{{- printf "%s-%s" (include "s2i.fullname" .) (get $suffixes .Values.certificate.mode) -}}
{{- end -}}
{{- end -}}

{{- /* The host name of the serving certificate. */ -}}
{{- define "s2i.host" -}}
{{- include "s2i.fullname" . }}.{{ .Release.Namespace }}.svc
{{- end -}}

{{- /* The URL of the scripts in the chart's own Service. */ -}}
{{- define "s2i.scriptsUrl" -}}
http://{{ include "s2i.fullname" . }}-scripts.{{ .Release.Namespace }}.svc:8081/s2i
{{- end -}}

{{- define "s2i.image" -}}
{{- if .Values.image.digest -}}
{{- .Values.image.repository }}@{{ .Values.image.digest -}}
{{- else -}}
{{- .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag -}}
{{- end -}}
{{- end -}}

{{- /* The labels of helm test's pod, which is not one of the webhook's. */ -}}
{{- define "s2i.testLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/component: test
{{- end -}}

{{- /* Checks of values that the schema cannot make: whether they fit each other and the cluster. */ -}}
{{- define "s2i.checks" -}}
{{- $version := .Capabilities.KubeVersion.Version -}}
{{- if not .Values.image.repository -}}
  {{- fail "image.repository is empty: build the image, push it and say where, as in --set image.repository=registry.example.com/platform/s2i-incremental-webhook (docs/install.md has the commands, also for a build in the cluster itself)" -}}
{{- end -}}
{{- if .Values.openshift3 -}}
  {{- if semverCompare ">=1.16-0" $version -}}
    {{- fail (printf "openshift3 is set, but this is Kubernetes %s and not OpenShift 3.11: unset it (with helm template, say --kube-version 1.11.0)" $version) -}}
  {{- end -}}
  {{- /* The webhook writes the webhook configuration as v1, which cert-manager and the service CA of 3.11 do not support. */ -}}
  {{- if ne .Values.certificate.mode "existing" -}}
    {{- fail (printf "certificate.mode %s does not work on OpenShift 3.11: use existing (docs/install.md)" .Values.certificate.mode) -}}
  {{- end -}}
{{- else if semverCompare "<1.21-0" $version -}}
  {{- fail (printf "this is Kubernetes %s: the chart needs 1.21 (OpenShift 4.8) or later, or OpenShift 3.11 with openshift3=true" $version) -}}
{{- end -}}
{{- if and .Values.standalone (eq .Values.certificate.mode "self-signed") -}}
  {{- fail "standalone leaves the pods without a token, which certificate.mode self-signed needs: choose another mode" -}}
{{- end -}}
{{- if and .Values.registration.instantiate (or .Values.standalone .Values.openshift3) -}}
  {{- fail "registration.instantiate works neither with standalone nor with openshift3: unset it, or those" -}}
{{- end -}}
{{- $life := include "s2i.seconds" .Values.certificate.selfSigned.life | int64 -}}
{{- if gt (mul 2 $life) (include "s2i.seconds" .Values.certificate.selfSigned.authorityLife | int64) -}}
  {{- fail "certificate.selfSigned.authorityLife must be at least twice certificate.selfSigned.life" -}}
{{- end -}}
{{- if and .Values.clientCertificates.names (not .Values.clientCertificates.configMap) -}}
  {{- fail "clientCertificates.names needs clientCertificates.configMap, or everybody may call" -}}
{{- end -}}
{{- if gt (int .Values.autoscaling.minReplicas) (int .Values.autoscaling.maxReplicas) -}}
  {{- fail "autoscaling.maxReplicas must be at least autoscaling.minReplicas" -}}
{{- end -}}
{{- range .Values.profileOrder -}}
  {{- if not (hasKey ($.Values.config.assemble.profiles | default dict) .) -}}
    {{- fail (printf "profileOrder names %s, which config.assemble.profiles does not have" .) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

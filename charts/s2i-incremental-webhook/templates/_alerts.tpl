{{- /* The alerts, as a list of rules. templates/prometheusrule.yaml adds common fields; docs/monitoring.md has a section for each. */ -}}
{{- define "s2i.alerts" -}}
{{- $name := include "s2i.fullname" . -}}
{{- $namespace := .Release.Namespace -}}
{{- $own := printf "namespace=%q" $namespace -}}
{{- $renewal := include "s2i.renewalSeconds" . | int64 -}}
- alert: S2IIncrementalDown
  expr: absent(s2i_incremental_history_synced{ {{- $own -}} })
  for: 5m
  labels: {severity: critical}
  annotations:
    summary: No replica of the S2I incremental webhook provides metrics.
    description: >-
      For 5 minutes Prometheus has had no metrics of {{ $namespace }}/{{ $name }}: it is down, or its metrics are not
      scraped. While it is down, Builds are unmodified: full builds under the BuildConfig's own tag.
- alert: S2IIncrementalNotReady
  # From kube-state-metrics; without it, this alert never fires.
  expr: kube_deployment_status_replicas_available{ {{- $own }},deployment={{ $name | quote -}} } == 0
  for: 5m
  labels: {severity: critical}
  annotations:
    summary: No replica of the S2I incremental webhook is ready.
    description: >-
      For 5 minutes no pod of deployment/{{ $name }} in {{ $namespace }} has been ready. Builds are unmodified.
- alert: S2IIncrementalReplicaDown
  expr: up{ {{- $own }},job={{ $name | quote -}} } == 0
  for: 10m
  labels: {severity: warning}
  annotations:
    summary: A replica of the S2I incremental webhook does not answer Prometheus.
    description: >-
      Pod {{ `{{ $labels.pod }}` }} has provided no metrics for 10 minutes.
- alert: S2IIncrementalCertificateNotRenewed
  # Renewal is due {{ $renewal }} s before expiry: a quarter of that is left, or 7 days if that is less. 0: no
  # certificate yet; then no pod is ready.
  expr: min(s2i_incremental_certificate_not_after_seconds{ {{- $own -}} } > 0) - time() < {{ min 604800 (div $renewal 4) }}
  for: 15m
  labels: {severity: warning}
  annotations:
    summary: The serving certificate of the S2I incremental webhook was not renewed.
    description: >-
      It should have been renewed by now. It expires in {{ `{{ $value | humanizeDuration }}` }}. After that the API server rejects the
      webhook's certificate, and Builds are unmodified.
- alert: S2IIncrementalCertificateExpiring
  expr: min(s2i_incremental_certificate_not_after_seconds{ {{- $own -}} } > 0) - time() < {{ min 86400 (div $renewal 28) }}
  labels: {severity: critical}
  annotations:
    summary: The serving certificate of the S2I incremental webhook is about to expire.
    description: >-
      It expires in {{ `{{ $value | humanizeDuration }}` }}. After that the API server rejects it, and Builds are unmodified.
- alert: S2IIncrementalAdmissionsFailing
  # A single failure leaves the window before it has lasted that long.
  expr: sum by (reason) (increase(s2i_incremental_admission_requests_total{ {{- $own }},result="failed"}[15m])) > 0
  for: 15m
  labels: {severity: warning}
  annotations:
    summary: The S2I incremental webhook keeps failing admission requests.
    description: >-
      {{ `{{ $value | humanize }}` }} requests in 15 minutes were answered without a patch because of
      {{ `{{ $labels.reason }}` }}. Their Builds and BuildConfigs are unmodified.
- alert: S2IIncrementalAdmissionsSlow
  # The request budget is 2 s by default; a slower request passes without a patch.
  expr: histogram_quantile(0.99, sum by (le) (rate(s2i_incremental_admission_duration_seconds_bucket{ {{- $own -}} }[5m]))) > 1
  for: 10m
  labels: {severity: warning}
  annotations:
    summary: The S2I incremental webhook answers slowly.
    description: >-
      One request in a hundred takes {{ `{{ $value | humanizeDuration }}` }} or longer. It delays the start of a Build, or the change of a
      BuildConfig.
{{- if not .Values.standalone }}
- alert: S2IIncrementalHistoryNotSynced
  expr: min by (pod) (s2i_incremental_history_synced{ {{- $own -}} }) == 0
  for: 15m
  labels: {severity: warning}
  annotations:
    summary: A replica of the S2I incremental webhook cannot watch Builds.
    description: >-
      For 15 minutes pod {{ `{{ $labels.pod }}` }} has read earlier Builds from the API server for each new one, which is slower. If
      that fails too, Builds are full, with the reason history_unavailable.
{{- end }}
- alert: S2IIncrementalBuildsFailing
  {{- $ended := dict }}
  {{- range $decision := list "incremental" "full" }}
  {{- range $what, $phase := dict "failed" "=~\"Failed|Error\"" "ended" "!=\"Cancelled\"" }}
  {{- $_ := set $ended (printf "%s-%s" $decision $what) (include "s2i.buildsEnded" (dict "namespace" $namespace "decision" $decision "phase" $phase)) }}
  {{- end }}
  {{- end }}
  # The failed share of five or more incremental Builds (4.5: increase() estimates) is 20 points above that of full
  # Builds, or above 50 % if there were none.
  expr: |-
    {{ get $ended "incremental-failed" }}
      / ({{ get $ended "incremental-ended" }} > 4.5)
    >
      (
        ({{ get $ended "full-failed" }} or vector(0))
          / ({{ get $ended "full-ended" }} > 0)
        or vector(0.3)
      ) + 0.2
  for: 15m
  labels: {severity: warning}
  annotations:
    summary: Builds fail more often when they are incremental.
    description: >-
      {{ `{{ $value | humanizePercentage }}` }} of the incremental Builds of the last day failed: over 20 percentage points more
      than of the full ones, or no full Build ended.
- alert: S2IIncrementalWrapperUnreachable
  expr: sum(increase(s2i_incremental_build_decisions_total{ {{- $own }},reason="wrapper_unreachable"}[30m])) > 0
  labels: {severity: warning}
  annotations:
    summary: Builds cannot fetch the assemble wrapper of the S2I incremental webhook.
    description: >-
      {{ `{{ $value | humanize }}` }} Builds in 30 minutes were full because an earlier Build of their namespace could not fetch the
      wrapper.
- alert: S2IIncrementalChainsFailing
  expr: sum(increase(s2i_incremental_build_decisions_total{ {{- $own }},reason="continuing_fails"}[6h])) > 0
  labels: {severity: warning}
  annotations:
    summary: Builds of a BuildConfig keep failing when they are incremental.
    description: >-
      {{ `{{ $value | humanize }}` }} Builds in 6 hours were full because two incremental Builds of their BuildConfig failed.
{{- end -}}

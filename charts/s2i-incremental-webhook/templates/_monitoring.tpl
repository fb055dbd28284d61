{{- /* Seconds until expiry at which a certificate is renewed; 30 days if others renew it. */ -}}
{{- define "s2i.renewalSeconds" -}}
{{- if eq .Values.certificate.mode "self-signed" -}}
{{- div (include "s2i.seconds" .Values.certificate.selfSigned.life) 3 -}}
{{- else if eq .Values.certificate.mode "cert-manager" -}}
{{- include "s2i.seconds" .Values.certificate.certManager.renewBefore -}}
{{- else -}}
{{- mul 30 86400 -}}
{{- end -}}
{{- end -}}

{{- /* Builds that ended in a day after a decision. Every replica counts all of them, so the highest count is right. */ -}}
{{- define "s2i.buildsEnded" -}}
sum(max by (phase) (increase(s2i_incremental_build_duration_seconds_count{namespace={{ .namespace | quote }},decision={{ .decision | quote }},phase{{ .phase }}}[1d])))
{{- end -}}

{{- /*
  The dashboard for OpenShift's console, made from Grafana's, so that both have the same queries. The console supports
  Grafana's old schema with graph, singlestat and table. It drops unknown units, so hours and days are added as text.
*/ -}}
{{- define "s2i.consoleDashboard" -}}
{{- $source := .Files.Get "dashboards/s2i-incremental.json" | fromJson -}}
{{- $types := dict "timeseries" "graph" "stat" "singlestat" "table" "table" -}}
{{- $rows := list -}}
{{- range $source.panels -}}
  {{- if eq .type "row" -}}
    {{- $rows = append $rows (dict "title" .title "showTitle" true "collapse" false "panels" list) -}}
  {{- else -}}
    {{- $defaults := .fieldConfig.defaults -}}
    {{- $unit := $defaults.unit | default "short" -}}
    {{- $targets := list -}}
    {{- range .targets -}}
      {{- $targets = append $targets (pick . "refId" "expr" "legendFormat") -}}
    {{- end -}}
    {{- $panel := dict "id" .id "type" (get $types .type) "title" .title "span" (div (int .gridPos.w) 2) "targets" $targets -}}
    {{- if eq .type "timeseries" -}}
      {{- $_ := set $panel "legend" (dict "show" true) -}}
      {{- $_ := set $panel "yaxes" (list (dict "format" $unit) (dict "format" "short")) -}}
      {{- $_ := set $panel "stack" (ne $defaults.custom.stacking.mode "none") -}}
    {{- else if eq .type "stat" -}}
      {{- $_ := set $panel "format" (ternary $unit "short" (eq $unit "percentunit")) -}}
      {{- $_ := set $panel "decimals" $defaults.decimals -}}
      {{- with get (dict "h" " h" "d" " d") $unit }}{{ $_ := set $panel "postfix" . }}{{ end -}}
      {{- $valueMaps := list -}}
      {{- range $defaults.mappings -}}
        {{- range $value, $shown := .options -}}
          {{- $valueMaps = append $valueMaps (dict "op" "=" "value" $value "text" $shown.text) -}}
        {{- end -}}
      {{- end -}}
      {{- with $valueMaps }}{{ $_ := set $panel "valueMaps" . }}{{ end -}}
    {{- else -}}
      {{- $styles := list -}}
      {{- range $column, $title := (first .transformations).options.renameByName -}}
        {{- $type := ternary "number" "string" (eq $column "Value") -}}
        {{- $styles = append $styles (dict "pattern" $column "alias" $title "type" $type "decimals" 0) -}}
      {{- end -}}
      {{- $_ := set $panel "styles" $styles -}}
    {{- end -}}
    {{- $row := last $rows -}}
    {{- $_ := set $row "panels" (append $row.panels $panel) -}}
  {{- end -}}
{{- end -}}
{{- pick $source "title" "tags" | merge (dict "rows" $rows) | toPrettyJson -}}
{{- end -}}

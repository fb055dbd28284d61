# --- .s2i/environment -------------------------------------------------------------------------------------------------

# Lists the variables that the repository sets in the image.
list_variables() {
  for folder in .s2i .sti; do
    if [ -f "$source/$folder/environment" ] && [ -r "$source/$folder/environment" ]; then
      while IFS= read -r line || [ -n "$line" ]; do
        name=${line%%=*}
        case $line in *=*) case $name in '' | [0-9]* | *[!A-Za-z0-9_]*) ;; *) printf '%s\n' "$name" ;; esac ;; esac
      done <"$source/$folder/environment"
      return 0
    fi
  done
}

# Reports the variables that stay in the image although the repository no longer sets them: no build can unset them.
report_variables() {
  list_missing "$scratch/e" "$scratch/e.new" >"$scratch/unset"
  left=
  while IFS= read -r name; do
    case $name in '' | [0-9]* | *[!A-Za-z0-9_]*) continue ;; esac
    eval "value=\${$name+set}"
    if [ -n "$value" ]; then left="$left $name"; fi
  done <"$scratch/unset"
  if [ -n "$left" ]; then
    note "no longer in .s2i/environment, but still set in this image:$left." \
      "Only a full build is without: oc start-build --incremental=false ${build_config#*/}"
  fi
}

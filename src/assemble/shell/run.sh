wrapper_work_dir=$(find_work_dir) || wrapper_work_dir=
wrapper_source=$(find_source) || wrapper_source=
wrapper_run=$(
  find_script run "$wrapper_work_dir/.s2i-incremental" "$wrapper_work_dir/.s2i/bin" "$wrapper_work_dir/.sti/bin" \
    "$wrapper_source/.s2i/bin" "$wrapper_source/.sti/bin"
) || {
  note "there is no run, neither in $wrapper_scripts_dir nor in /usr/libexec/s2i and /usr/local/s2i"
  exit 127
}
exec "$wrapper_run" "$@"

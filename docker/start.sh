#!/bin/sh
# Start JupyterLab in the container and print its URL: with the token it made up, or
# with "..." for the one that JUPYTER_TOKEN holds.
for folder in . notebooks data; do
  if ! [ -w "$folder" ]; then
    echo "WARNING: nothing can be saved in $folder/: it belongs to user" \
      "$(stat -c %u "$folder"), and JupyterLab runs as user $(id -u)." \
      "See \"Whose files?\" in docs/docker.md." >&2
  fi
done
# Within the container it listens on every address: docker-compose.yml lets only this
# machine in.
exec jupyter lab --notebook-dir=notebooks --no-browser --ip=0.0.0.0 --port=8888 \
  --ServerApp.custom_display_url=http://127.0.0.1:8888

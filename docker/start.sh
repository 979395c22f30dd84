#!/bin/sh
# Start JupyterLab in the container and print its URL: with the token it made up, or
# with "..." for the one that JUPYTER_TOKEN holds.
if [ -n "$JUPYTER_TOKEN" ] && [ "${#JUPYTER_TOKEN}" -lt 32 ]; then
  echo "JUPYTER_TOKEN is too short: whoever guesses it can run programs here. Put at" \
    "least 32 random characters into .env (openssl rand -hex 24 prints 48), or leave" \
    "it empty for a new token at each start." >&2
  exit 1
fi
for folder in notebooks data runs; do
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

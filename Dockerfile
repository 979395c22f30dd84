# The tag says what it is, the digest which one: docs/docker.md tells how to renew it.
ARG BASE_IMAGE=python:3.11-slim-bookworm@sha256:0bee7276f83efd4a1ee05bbbf4281d95ed28e079220a9457f25a93e3f1e3c31b
FROM ${BASE_IMAGE} AS base

# The reader's own numbers, so that mounted folders stay theirs. They need not be free:
# a group 20 exists both on macOS and in Debian. All else in /gdl belongs to root.
ARG UID=1000
ARG GID=1000
RUN groupadd --non-unique --gid "$GID" reader \
    && useradd --non-unique --uid "$UID" --gid "$GID" --create-home reader \
    && install -d -o "$UID" -g "$GID" /gdl/notebooks /gdl/data /gdl/runs

# Packages before notebooks: a changed notebook installs nothing. Wheels only, so that
# no compiler is needed; the download cache stays outside the image. The mode lets the
# reader read what a strict umask keeps for one user.
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /gdl
COPY --chmod=755 requirements.txt constraints.txt ./
RUN --mount=type=cache,target=/root/.cache/pip \
    python -m venv /opt/venv \
    && pip install --disable-pip-version-check --only-binary=:all: \
    -r requirements.txt -c constraints.txt
COPY --chmod=755 scripts/ipython_kernel_config.py /opt/venv/etc/ipython/

ENV JUPYTER_RUNTIME_DIR=/tmp/jupyter
EXPOSE 8888
HEALTHCHECK --start-period=60s CMD ["python", "docker/healthcheck.py"]
CMD ["sh", "docker/start.sh"]

FROM base AS cpu
COPY --chmod=755 docker docker
COPY --chmod=755 scripts scripts
COPY --chown=reader:reader notebooks notebooks
USER reader

# TensorFlow's CUDA build and wheels exist for x86-64 alone.
FROM base AS cuda
COPY --chmod=755 requirements-gpu.txt ./
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install --disable-pip-version-check --only-binary=:all: \
    -r requirements-gpu.txt -c constraints.txt

FROM cuda AS gpu
# What the NVIDIA container toolkit hands in: all GPUs, for computing.
ENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility
# A forgotten kernel keeps what it uses, not the whole memory of the GPU.
ENV TF_FORCE_GPU_ALLOW_GROWTH=true
COPY --chmod=755 docker docker
COPY --chmod=755 scripts scripts
COPY --chown=reader:reader notebooks notebooks
USER reader

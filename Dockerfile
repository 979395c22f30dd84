ARG BASE_IMAGE=python:3.11-slim-bookworm
FROM ${BASE_IMAGE} AS base

# The reader's own numbers, so that mounted folders stay theirs. They need not be free:
# a group 20 exists both on macOS and in Debian.
ARG UID=1000
ARG GID=1000
RUN groupadd --non-unique --gid "$GID" reader \
    && useradd --non-unique --uid "$UID" --gid "$GID" --create-home reader \
    && install -d -o "$UID" -g "$GID" /gdl /gdl/data /gdl/runs

# Packages before notebooks: a changed notebook installs nothing. Wheels only, so that
# no compiler is needed; the download cache stays outside the image.
ENV PATH=/opt/venv/bin:$PATH
COPY requirements.txt constraints.txt /tmp/
RUN --mount=type=cache,target=/root/.cache/pip \
    python -m venv /opt/venv \
    && pip install --disable-pip-version-check --only-binary=:all: \
    -r /tmp/requirements.txt -c /tmp/constraints.txt
COPY scripts/ipython_kernel_config.py /opt/venv/etc/ipython/

WORKDIR /gdl
ENV JUPYTER_RUNTIME_DIR=/tmp/jupyter
EXPOSE 8888
HEALTHCHECK --start-period=60s CMD ["python", "docker/healthcheck.py"]
CMD ["sh", "docker/start.sh"]

FROM base AS cpu
COPY --chown=reader:reader . .
USER reader

# TensorFlow's CUDA build and wheels exist for x86-64 alone.
FROM base AS cuda
COPY requirements-gpu.txt /tmp/
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install --disable-pip-version-check --only-binary=:all: \
    -r /tmp/requirements-gpu.txt -c /tmp/constraints.txt

FROM cuda AS gpu
# What the NVIDIA container toolkit hands in: all GPUs, for computing.
ENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility
# A forgotten kernel keeps what it uses, not the whole memory of the GPU.
ENV TF_FORCE_GPU_ALLOW_GROWTH=true
COPY --chown=reader:reader . .
USER reader

# The runtime image, on any Debian base with a Python of 3.11 or newer. It holds neither compiler
# nor pip of its own, neither the demo nor the emulated providers; its root may be read-only.
# For people without make there is the demo: docker build --target demo.

ARG BASE_IMAGE=python:3.14-slim


# What both images are made with; nothing of this stage is shipped but what is copied from it.
FROM ${BASE_IMAGE} AS tools

# Python is where the base has it. A bare Debian keeps venv in a package of its own.
RUN set -eu; \
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; \
    if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then \
        apt-get -qq update; \
        apt-get -qq install --no-install-recommends --yes python3-venv; \
    fi; \
    python3 -m venv /tools; \
    python3 -m venv --without-pip /opt/farstu

# How to reach a package index is the builder's business: both secrets are optional.
ENV PIP_CONFIG_FILE=/run/secrets/pip_conf \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_NO_INPUT=1
COPY requirements.lock deploy/build.lock /src/
RUN --mount=type=secret,id=pip_conf --mount=type=secret,id=ca_bundle \
    set -eu; \
    /tools/bin/pip install --quiet --require-hashes --requirement /src/build.lock; \
    /tools/bin/pip --python /opt/farstu/bin/python3 install --quiet --no-compile \
        --only-binary :all: --require-hashes --requirement /src/requirements.lock

# Bytecode is checked by nobody at start: the files beside it cannot change in a read-only image.
RUN /opt/farstu/bin/python3 -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/farstu


# Farstu itself, in a layer of its own: an upgrade is a small download.
FROM tools AS program
COPY pyproject.toml README.md LICENSE /src/
COPY broker /src/broker
COPY providers /src/providers
COPY linking /src/linking
COPY keys /src/keys
RUN set -eu; \
    /tools/bin/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir /wheel /src; \
    /tools/bin/pip --python /opt/farstu/bin/python3 install --quiet --no-deps --no-index \
        --no-compile --prefix /program /wheel/*.whl; \
    /opt/farstu/bin/python3 -m compileall -q -j 0 --invalidation-mode unchecked-hash /program


# The demo: broker, emulated providers and an example portal, for localhost alone.
#   docker run --rm -p 127.0.0.1:8000-8002:8000-8002 farstu-demo
FROM ${BASE_IMAGE} AS demo
COPY --from=tools /opt/farstu /opt/farstu
COPY --from=program /src /src
WORKDIR /src
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 10001:10001
EXPOSE 8000 8001 8002
STOPSIGNAL SIGTERM
ENTRYPOINT ["/opt/farstu/bin/python3", "-m", "broker.dev", "--every-address"]


FROM ${BASE_IMAGE} AS runtime
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Farstu" \
      org.opencontainers.image.description="OpenID Connect identity broker for utilities' customer portals" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

COPY --from=tools /opt/farstu /opt/farstu
COPY --from=program /program /opt/farstu
COPY deploy/healthcheck.py /opt/farstu/healthcheck.py

# Only here does anything of ours write, and below /tmp (metrics of several workers).
RUN mkdir -p /etc/farstu /var/lib/farstu && chown 10001:10001 /var/lib/farstu
VOLUME ["/var/lib/farstu"]
WORKDIR /var/lib/farstu

# In a container, every address is the container's own; what is published is decided outside.
ENV PATH=/opt/farstu/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    FARSTU_CONFIG=/etc/farstu/farstu.toml \
    FARSTU_SERVER__HOST=0.0.0.0 \
    FARSTU_TELEMETRY__METRICS_HOST=0.0.0.0

USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["/opt/farstu/bin/python3", "-I", "/opt/farstu/healthcheck.py"]

# No init beside it: farstu handles its signals, waits for its workers, and starts nothing else.
STOPSIGNAL SIGTERM
ENTRYPOINT ["farstu"]
CMD ["serve"]

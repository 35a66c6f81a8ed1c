# The service with Python for its programs. Needs a Redis (REDIS_URL); docker-compose.yml has one, docs/containers.md the rest.
#   docker build --tag exec-service:local .
# Behind a proxy that re-signs TLS: --secret id=extra_ca,src=/etc/ssl/certs/ca-certificates.crt
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS base
# libseccomp: the filter of the jails. setpriv is Debian's own.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends libseccomp2 python3 tini \
  && rm -rf /var/lib/apt/lists /var/cache/apt /var/cache/debconf/*-old /var/log/apt /var/log/dpkg.log
WORKDIR /app

FROM base AS python
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates python3-venv
COPY scripts/setup.sh scripts/stamp.sh scripts/
COPY python-runtime python-runtime
# Programs have no use for installers, nor for other packages' tests. The fork server is compiled here: the root is read-only.
RUN --mount=type=secret,id=extra_ca \
  if [ -s /run/secrets/extra_ca ]; then export PIP_CERT=/run/secrets/extra_ca; fi \
  && scripts/setup.sh --python \
  && python-runtime/.venv/bin/python -m pip uninstall --quiet --yes setuptools pip \
  && find python-runtime/.venv/lib -type d -name tests -prune -exec rm -r {} + \
  && python-runtime/.venv/bin/python3 -I python-runtime/probe.py /srv/forkserver >/dev/null

FROM base AS build
ENV NODE_EXTRA_CA_CERTS=/run/secrets/extra_ca
COPY package.json package-lock.json .npmrc ./
COPY scripts/setup.sh scripts/stamp.sh scripts/
RUN --mount=type=secret,id=extra_ca scripts/setup.sh --npm
COPY tsconfig.json tsconfig.build.json nest-cli.json ./
COPY scripts/build.sh scripts/
COPY src src
# The package `node` is for bases with another Node (NODE_IMAGE); else it is the base's over again.
RUN --mount=type=secret,id=extra_ca scripts/build.sh && npm prune --omit=dev --loglevel=error && rm dist/.stamp \
  && case "$(node --version)" in v24.*) rm -rf node_modules/node node_modules/.bin/node ;; esac

FROM base
COPY package.json ./
COPY --from=python /app/python-runtime python-runtime
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY deploy/container/start.sh deploy/container/
RUN install -d -o node -g node -m 0700 /data
ENV NODE_ENV=production DATA_DIR=/data PATH=/app/node_modules/.bin:$PATH
USER node
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=8s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 8080}/health/ready`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["deploy/container/start.sh"]

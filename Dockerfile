# One image for every Airflow component, the workers and the sandbox: they import the same code.
# The lock file fixes every package, so the base image brings nothing but Python.
FROM python:3.11-slim-bookworm AS environment
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/phygital
COPY requirements/uv.txt requirements/compose.txt /build/requirements/
RUN /opt/phygital/bin/pip install --require-hashes -r /build/requirements/uv.txt \
    && VIRTUAL_ENV=/opt/phygital /opt/phygital/bin/uv pip install --no-cache --require-hashes --compile-bytecode \
       -r /build/requirements/compose.txt
COPY pyproject.toml README.md LICENSE /build/
COPY src /build/src
RUN VIRTUAL_ENV=/opt/phygital /opt/phygital/bin/uv pip install --no-cache --no-deps --no-build-isolation /build

FROM python:3.11-slim-bookworm
RUN useradd --create-home --uid 50000 --gid 0 airflow \
    && install --directory --owner airflow --group root --mode 775 \
       /opt/airflow /opt/airflow/logs /var/lib/phygital
COPY --from=environment /opt/phygital /opt/phygital
COPY --chown=airflow:root dbt_project /opt/project/dbt_project
COPY --chown=airflow:root expectations /opt/project/expectations
COPY --chown=airflow:root docs/runbook.md /opt/project/docs/runbook.md
COPY --chown=airflow:root dags /opt/airflow/dags
ENV PATH=/opt/phygital/bin:$PATH \
    AIRFLOW_HOME=/opt/airflow \
    PHYGITAL_HOME=/var/lib/phygital \
    PHYGITAL_PROJECT_DIR=/opt/project \
    PYTHONUNBUFFERED=1
USER airflow
WORKDIR /opt/project
CMD ["airflow", "version"]

# The product alone, as a user without rights; everything it keeps is in /data.
ARG BASE=python:3.13-slim
FROM ${BASE}

RUN useradd --system --uid 10001 --home-dir /data --create-home dialead
WORKDIR /app
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY main.py ./
COPY bot ./bot
COPY config ./config
COPY handlers ./handlers
COPY storage ./storage
RUN python -m compileall -q .

USER dialead
WORKDIR /data
VOLUME /data
ENV DATABASE_URL=sqlite:////data/dialead.db HTTP__HOST=0.0.0.0
EXPOSE 8081
HEALTHCHECK --start-period=30s CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8081/healthz', timeout=4)"]
ENTRYPOINT ["python", "/app/main.py"]
CMD ["run"]

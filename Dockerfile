# docker build -t signing . && docker run --env-file signing.env -v signing:/data -p 8000:8000 signing
# The same image sends the mail (`signing worker`) and migrates (`signing db upgrade`).
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

# Letters of every script on the pictures that are shared.
RUN apt-get update \
 && apt-get install -y --no-install-recommends libfribidi0 fonts-noto-core fonts-noto-cjk \
 && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY requirements/run.txt requirements/
RUN pip install --require-hashes -r requirements/run.txt

COPY . .
RUN pip install --no-deps --no-build-isolation -e . \
 && pybabel -q compile -d translations -D "messages staff" \
 && useradd --no-create-home --shell /usr/sbin/nologin --uid 10001 signing \
 && install -d -o signing -g signing -m 700 /data

USER signing
ENV SIGNING_DATA_DIR=/data
VOLUME /data
EXPOSE 8000
CMD ["signing", "serve", "--host", "0.0.0.0"]

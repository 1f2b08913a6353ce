# litmine with its models and the bundled review; docs/terminal.md says how to run it.
# PyTorch's CPU index keeps the image small: --build-arg PIP_EXTRA_INDEX_URL=<its address>.
FROM python:3.11-slim
ARG PIP_EXTRA_INDEX_URL
COPY . /opt/litmine
RUN pip install --no-cache-dir -c /opt/litmine/constraints.txt /opt/litmine \
    && litmine init /data --example her2 \
    && mkdir -p /data/reports \
    && chmod -R a+rwX /data
ENV HOME=/tmp LITMINE_CACHE=/tmp/litmine
WORKDIR /data
ENTRYPOINT ["litmine"]
CMD ["run"]

# policy_qa without a GPU. Nothing is fetched once the image is built.
#
#   docker build -t policy-qa .
#   docker run --rm -p 127.0.0.1:7860:7860 policy-qa
#
# Policies of one's own, with an index that stays:
#
#   docker run --rm -p 127.0.0.1:7860:7860 -v "$PWD/corpus:/corpus:ro" -v policy-qa:/state policy-qa
#   docker run --rm -v "$PWD/corpus:/corpus:ro" -v policy-qa:/state policy-qa build     # after a change
FROM python:3.11-slim

# PyPI's torch for Linux brings several GB of CUDA; here lies the build without.
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

WORKDIR /policy_qa
COPY constraints.txt ./
RUN python -m pip install --extra-index-url "$TORCH_INDEX" -c constraints.txt torch
COPY LICENSE NOTICE pyproject.toml ./
COPY docs/package.md docs/
COPY src src
RUN python -m pip install -c constraints.txt . && rm -rf build src

RUN useradd --create-home --uid 10001 reader && install -d -o reader -g reader /state
COPY corpus /corpus
USER reader
WORKDIR /home/reader
# Inside, every address is listened on; who reaches it, the published port decides, which is 127.0.0.1's alone above.
ENV POLICY_QA_HOME=/state POLICY_QA_CORPUS=/corpus POLICY_QA_HOST=0.0.0.0 POLICY_QA_PORT=7860 PYTHONUNBUFFERED=1
ENV POLICY_QA_OPEN=yes-anyone-may-ask
RUN policy-qa build

VOLUME /state
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/healthz', timeout=4)"]
ENTRYPOINT ["policy-qa"]
CMD ["serve"]

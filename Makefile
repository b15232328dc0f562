# Every target makes the clone ready first (tools/setup), which takes minutes once and a moment ever after.
.PHONY: help setup demo lab hub test check bench lock clean
.DEFAULT_GOAL := help
unexport PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE VIRTUAL_ENV

python := .venv/bin/python

help:
	@echo 'make demo    two notebooks, headless, through the OpenFOAM kernel: our answer beside the published one'
	@echo 'make lab     JupyterLab on the notebooks'
	@echo 'make hub     JupyterHub on this machine (hub/hub.yaml)'
	@echo 'make test    the whole test suite; make test ARGS="tests/unit -k grading" for a part of it'
	@echo 'make check   style, types, layers and unit tests'
	@echo 'make bench   our speed beside that of others; make bench ARGS="logs --json" for a part of it'
	@echo 'make setup   only make the clone ready'
	@echo 'make lock    pin the dependencies anew (needs the network); make lock ARGS=--upgrade for the newest'
	@echo 'make clean   remove what was made here: .venv, caches, out/'

setup:
	@tools/setup

demo: setup
	@$(python) tools/demo.py notebooks/01_*.ipynb notebooks/02_*.ipynb

lab: setup
	@.venv/bin/flowcfd lab notebooks $(ARGS)

hub: setup
	@PATH="$(CURDIR)/.venv/bin:$$PATH" .venv/bin/jupyterhub -f hub/jupyterhub_config.py $(ARGS)

test:
	@tools/setup --tests
	@$(python) -m pytest -n 2 --dist loadfile $(ARGS)

check: setup
	@tools/check

bench: setup
	@tools/bench $(ARGS)

lock: setup
	@tools/lock $(ARGS)

clean:
	rm -rf .venv .venv-bench .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache out build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Four words: run, test, check, bench. `make setup` is done by each of them where it is due.
SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
CATALOGUES := $(wildcard booking/web/translations/*/LC_MESSAGES/*.po)
PORT ?= 8000
WORKERS ?= 2
export PORT

.PHONY: run test check bench pages setup browser checker paper format clean
run: setup paper
	@BOOKING_DEMO=1 $(BIN)/booking run

test: setup browser checker paper
	@$(BIN)/pytest -n $(WORKERS) --dist worksteal $(TESTS)

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djlint templates --check --lint --quiet
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.migrations
	@echo "suppressions: $$(git ls-files '*.py' | xargs grep -cE 'noqa:|type: ignore\[' | awk -F: '{ n += $$2 } END { print n }')"

bench: setup
	@$(BIN)/python -m tests.bench

# Every page in every language and type, and its pictures in build/pictures/pages; `make test` sees half of the states.
pages: setup browser checker
	@BOOKING_PAGES=all $(BIN)/pytest -n $(WORKERS) --dist worksteal tests/pages
	@$(BIN)/python -m tests.pages.pictures

setup: $(VENV)/.complete $(CATALOGUES:.po=.mo)

# The stamp makes the second run need no network.
$(VENV)/.complete: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || $(MAKE) --no-print-directory debian PACKAGES=python3-venv
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the locked dependencies (once; a minute or two) …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

%.mo: %.po $(VENV)/.complete
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

# The browser tests drive Debian's own Chromium; without it, and without the right to install it, they skip loudly.
browser:
	@if ! command -v chromium >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  $(MAKE) --no-print-directory debian PACKAGES="chromium libatomic1"; fi

# The Nu Html Checker is Java and is fetched once; without it, pages are not validated, and the tests say so.
CHECKER := 26.9.27
CHECKER_SHA256 := 22f15dd39a33bed929d2a5c0cddf5946849a647eca9272bf4d5d00bc7e7a4d47
checker:
	@if ! command -v java >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  $(MAKE) --no-print-directory debian PACKAGES=default-jre-headless; fi
	@if ! command -v npm >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  $(MAKE) --no-print-directory debian PACKAGES=npm; fi
	@test -f build/checker/vnu-$(CHECKER).jar || { mkdir -p build/checker && cd build/checker \
	  && npm pack --silent vnu-jar@$(CHECKER) >/dev/null \
	  && tar -xzf vnu-jar-$(CHECKER).tgz --strip-components=3 package/build/dist/vnu.jar && rm vnu-jar-$(CHECKER).tgz \
	  && echo "$(CHECKER_SHA256)  vnu.jar" | sha256sum --check --quiet \
	  && mv vnu.jar vnu-$(CHECKER).jar; } \
	  || echo "The Nu Html Checker could not be fetched; pages are not validated."

# Tickets on paper need Pango and a font with rare names; without them, pages print from the browser instead.
paper:
	@if ! { ldconfig -p | grep -q libpangoft2-1.0 && ldconfig -p | grep -q libharfbuzz-subset \
	  && fc-list 2>/dev/null | grep -q "Noto Sans CJK"; } && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  $(MAKE) --no-print-directory debian \
	    PACKAGES="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-noto-cjk" \
	    || echo "Pango could not be installed; tickets are printed from their page."; fi

debian:
	@[ "$$(id -u)" = 0 ] || { echo "Please install: $(PACKAGES)"; exit 1; }
	@apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(PACKAGES) >/dev/null

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/djlint templates --reformat --quiet

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info
	find booking -name '*.mo' -delete

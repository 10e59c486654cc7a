# The two commands that matter: `make demo` and `make test`. `make help` lists the rest.

SWIFT ?= swift
CONFIGURATION ?= release
BUILD = APUS_STATIC=1 $(SWIFT) build -c $(CONFIGURATION)
TEST = $(SWIFT) test -c $(CONFIGURATION)
APUS = $(shell $(BUILD) --show-bin-path)/apus
APUS_SHARED ?= ../shared

# What the demo runs on: MODEL= and IMAGE= override. Without the shared reference data the official
# release is fetched once into .build/demo.
MODEL ?= $(firstword $(wildcard $(APUS_SHARED)/models/yolov5/yolov5n.pt) .build/demo/yolov5n.pt)
IMAGE ?= $(firstword $(wildcard $(APUS_SHARED)/data/photos) .build/demo/bus.jpg)
YOLOV5_RELEASE = https://github.com/ultralytics/yolov5/releases/download/v6.1/yolov5n.pt
YOLOV5_PHOTO = https://raw.githubusercontent.com/ultralytics/yolov5/v6.1/data/images/bus.jpg

.PHONY: help demo test check bench conformance fuzz format build dependencies clean

help:
	@echo "make demo         install, build, and detect objects on photographs"
	@echo "make test         all tests"
	@echo "make check        format, layering, warnings as errors, tests, documents; cheapest first"
	@echo "make conformance  ONNX node tests, and comparisons with onnxruntime, OpenCV and pycocotools"
	@echo "make bench        measurements beside other engines"
	@echo "make fuzz         100,000 mutations of each reader under AddressSanitizer"
	@echo "make build        the command line alone, in .build/release/apus"
	@echo "make clean        remove what was built"
	@echo "make format       rewrite the sources in the house style"

dependencies:
	@Tools/install-dependencies

build: dependencies
	$(BUILD) --product apus

demo: build $(MODEL) $(IMAGE)
	@echo "\n$$ apus inspect $(MODEL)"
	@$(APUS) inspect "$(MODEL)"
	@echo "\n$$ apus detect $(MODEL) $(IMAGE) --output demo-output"
	@$(APUS) detect "$(MODEL)" "$(IMAGE)" --output demo-output
	@echo "Annotated pictures are in demo-output/"

.build/demo/yolov5n.pt:
	@mkdir -p $(@D)
	@echo "Fetching the official YOLOv5n weights (AGPL-3.0)"
	curl --fail --location --silent --show-error --output $@.part $(YOLOV5_RELEASE) && mv $@.part $@

.build/demo/bus.jpg:
	@mkdir -p $(@D)
	curl --fail --location --silent --show-error --output $@.part $(YOLOV5_PHOTO) && mv $@.part $@

test: dependencies
	$(TEST)

check: dependencies
	Tools/check

conformance:
	@Tools/install-dependencies --conformance
	Tools/conformance/run

bench: build
	Benchmarks/run

fuzz: dependencies
	ASAN_OPTIONS=detect_leaks=0 APUS_FUZZ=$${APUS_FUZZ:-100000} $(TEST) --sanitize=address --scratch-path .build/asan --filter Fuzz

format:
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests

clean:
	rm -rf .build demo-output

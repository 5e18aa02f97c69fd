"""The commented event.toml that `digitise init` writes. Every setting of config.py stands in it; a test holds that."""

EVENT_TOML = """\
# Settings of this event for digitise. All are optional: take the '#' away from a line to use it.
# Everything is explained in docs/event-toml.md.

# title = "Health and isolation: co-design day"    # default: the folder's name
# date = 2026-03-14                                # or any wording: "14-15 March 2026". Default: from the photos
# next_meeting = 2026-04-18                        # what "at the next meeting" means on the sheets
# quarters = "financial"                           # what "Q2" means: "calendar" (April to June) or "financial" (July to September)
# place = "Community Centre, Llanharan"
# organisers = ["Interlink", "RCT CBC"]
# aims = ["Find out what keeps people isolated", "Agree who does what next"]
# languages = ["en"]                               # on the sheets: "en", "cy"; the first is the report's, ["cy", "en"] makes it bilingual

# Local names and acronyms, so that they are read right. The meaning may be left empty: "".
# [glossary]
# TAF = "Team Around the Family"
# Pontyclun = ""

# What the colour of a note means. Colours: yellow, orange, pink, red, green, blue, purple, white, brown, grey.
# Kinds: problem, action, strength, idea, question, quote, other.
# [colours]
# pink = "problem"
# green = "action"

# Rounds or tables of a World Café, Story Café or Open Space; one [[rounds]] block each.
# [[rounds]]
# name = "Round 1"
# question = "What matters to people here?"
# photos = ["IMG_01*.jpg", "table1.jpg"]
# starts = "10:30"          # photos taken from then on belong to it
# ends = "11:00"

# [reading]
# engine = "auto"           # "auto", "rapidocr" or "tesseract"
# recogniser = "small"      # "small" (built in), "medium" (first: digitise models get medium) or "my-own.onnx"
# backend = "auto"          # what runs the networks: "onnxruntime" (auto takes it) or "openvino" (to be installed)
# doubtful_below = 0.94     # words read with less confidence (0 to 1) are marked for checking

# A second reader for doubtful notes: a vision-language model that you run yourself (llama.cpp, Ollama, vLLM). Pictures of those notes are
# sent to this address; see docs/second-reader.md.
# [reading.second_reader]
# url = "http://127.0.0.1:11434/v1"    # an OpenAI-compatible server
# model = "qwen2.5vl:7b"               # its name there
# api_key_env = "DIGITISE_KEY"         # the environment variable that holds the key, where the server asks for one
# timeout_s = 120.0                    # longest wait for one note
# most_notes = 40                      # of one photo; the least legible first

# [report]
# template = "our-house-style.docx"    # a Word template of your own; path from this folder. Or a look: "civic", "warm"
# languages = ["cy"]                   # of the report's own words, where they are others than those on the sheets
# outputs = ["report", "photo-report"] # which Word files: the report, and the sheets with captions to send the same evening
# fields = { contact = "01443 000000" } # what placeholders of your own in the template become: {{ contact }}

# What the report keeps to itself: docs/privacy.md. 'digitise privacy' lists names, numbers and addresses on the notes.
# [privacy]
# keep_faces = false          # true: people's faces in pictures are not blurred
# names = "keep"              # "keep", "initials" or "remove": people's names, in every file
# phones = "keep"             # "keep" or "remove": telephone numbers
# emails = "keep"             # "keep" or "remove": e-mail addresses
# postcodes = "keep"          # "keep" or "remove"
# people = []                 # names that are people's, besides those that are found: ["Siân Rees", "Tegwen"]
# allow = []                  # what stays as it is: ["Cllr Green", "01443 000000"]

# How large the input may be. Raise these only for files that you trust.
# [limits]
# megapixels = 200.0          # one photo, million pixels
# file_mib = 200.0            # one file, MiB
# pages = 200                 # of one PDF or TIFF
# zip_entries = 2000          # of one ZIP
# zip_unpacked_mib = 4096.0   # one ZIP unpacked, MiB
# photos = 5000               # of the event
"""

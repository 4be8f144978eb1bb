# The rooms of the house: the single source for linking, for the include check
# (scripts/tidy) and for the table in ARCHITECTURE.md (scripts/rooms).
#
#   hearth_room(NAME LAYER n FOR "what it is for" [MAY rooms…] [LIBS targets…] [OUTSIDE prefixes…]
#               [COSTLY headers…] [LONG filter] [THREADS])
#
# A room may include its own headers, those of the rooms it lists under MAY (always of a lower
# layer), and of the outside world only the standard library, the system, what every room may
# use (fmt, tl::expected) and the header prefixes it lists under OUTSIDE. The sources of a room
# are all *.cc below src/NAME; *_test.cc become its test program, and those in a folder testing/ are
# what tests share.
# COSTLY headers of the outside world are compiled once for a room instead of once per file. LONG
# are the suites of its tests that `./test fast` leaves out. THREADS marks a room whose code several
# threads enter: ThreadSanitizer's build tests it.

function(hearth_room NAME)
  cmake_parse_arguments(ROOM "THREADS" "LAYER;FOR;LONG" "MAY;LIBS;OUTSIDE;COSTLY" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${NAME}/*.cc)
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  set(aids ${sources})
  list(FILTER aids INCLUDE REGEX "/testing/")
  list(FILTER sources EXCLUDE REGEX "/testing/")

  list(TRANSFORM ROOM_MAY PREPEND hearth_ OUTPUT_VARIABLE rooms)
  if(sources)
    add_library(hearth_${NAME} STATIC ${sources})
    target_link_libraries(hearth_${NAME} PUBLIC hearth_flags outside_base ${rooms} ${ROOM_LIBS})
    target_precompile_headers(hearth_${NAME} PRIVATE ${ROOM_COSTLY})
  else()  # headers only
    add_library(hearth_${NAME} INTERFACE)
    target_link_libraries(hearth_${NAME} INTERFACE hearth_flags outside_base ${rooms} ${ROOM_LIBS})
  endif()

  if(HEARTH_TESTS AND aids)
    add_library(hearth_${NAME}_testing STATIC ${aids})
    target_link_libraries(hearth_${NAME}_testing PUBLIC hearth_${NAME} ${HEARTH_RAPIDCHECK}
      GTest::gmock)
    target_precompile_headers(hearth_${NAME}_testing PRIVATE ${ROOM_COSTLY})
    target_compile_options(hearth_${NAME}_testing PRIVATE -O0)
  else()
    add_library(hearth_${NAME}_testing INTERFACE)
  endif()

  if(HEARTH_TESTS AND tests)
    add_executable(${NAME}_test ${tests})
    list(TRANSFORM rooms APPEND _testing OUTPUT_VARIABLE their_aids)
    target_link_libraries(${NAME}_test PRIVATE hearth_${NAME}_testing ${their_aids}
      hearth_${NAME} ${HEARTH_RAPIDCHECK} GTest::gmock_main)
    target_precompile_headers(${NAME}_test PRIVATE ${ROOM_COSTLY} <gmock/gmock.h>)
    set(threads "")
    if(ROOM_THREADS)
      set(threads THREADS)
    endif()
    hearth_test_program(${NAME}_test LABEL fast LONG "${ROOM_LONG}" ${threads})
  endif()
endfunction()

hearth_room(base LAYER 0 THREADS
  FOR "the vocabulary everybody speaks: Result, Error, clock, ids, limits, log, UTF-8")

hearth_room(json LAYER 1
  FOR "JSON of strangers, bounded in size and depth; a writer"
  MAY base LIBS outside_json OUTSIDE boost/json COSTLY <boost/json/value.hpp>)
hearth_room(config LAYER 1
  FOR "settings, each with its origin; the folders of a home"
  MAY base LIBS outside_yaml OUTSIDE yaml-cpp)
hearth_room(net LAYER 1 THREADS
  FOR "HTTP: a server on one loop, TLS, a small client, the web; nothing of any dialect"
  MAY base LIBS outside_asio outside_curl outside_tls
  OUTSIDE boost/asio boost/beast boost/system curl openssl
  COSTLY <boost/asio/awaitable.hpp> <boost/asio/co_spawn.hpp>
  <boost/asio/io_context.hpp> <boost/asio/steady_timer.hpp>)
hearth_room(db LAYER 1
  FOR "what has to outlive the daemon, on SQLite or PostgreSQL: statements, transactions, versions"
  MAY base LIBS outside_sqlite outside_postgres OUTSIDE sqlite3.h libpq-fe.h)
hearth_room(process LAYER 1 THREADS
  FOR "a child process: started, watched, ended, held in a sandbox; and who watches us"
  MAY base LIBS outside_seccomp OUTSIDE seccomp.h)
hearth_room(metrics LAYER 1 THREADS
  FOR "counters, gauges and histograms, and their text for a scraper"
  MAY base)
hearth_room(gguf LAYER 1
  FOR "model files read without trust and without llama.cpp: what is in them, what they need"
  MAY base)

hearth_room(access LAYER 2
  FOR "inbound API keys: who may do what, how often and how much; the decisions are pure"
  MAY base db LIBS outside_crypto OUTSIDE openssl)
hearth_room(responses LAYER 2
  FOR "responses of OpenAI's that a client comes back to, kept in the database within bounds"
  MAY base db)
hearth_room(chat LAYER 2
  FOR "the vocabulary of a conversation: Request, Event, EventStream; pure"
  MAY base)
hearth_room(constraint LAYER 2
  FOR "what a model may say next: grammars, JSON schemas, masks over a vocabulary; pure"
  MAY base json OUTSIDE boost/json COSTLY <boost/json/value.hpp>)
hearth_room(store LAYER 2 THREADS
  FOR "model files: what they are called, where they come from, what is installed"
  MAY base json net gguf LIBS outside_crypto OUTSIDE openssl boost/json
  COSTLY <boost/json/value.hpp>)

hearth_room(wire LAYER 3
  FOR "what daemon and runner say to each other: messages, codec, version"
  MAY base metrics chat)

if(HEARTH_ENGINE)
  hearth_room(dialogue LAYER 3
    FOR "how a model writes and reads conversations: templates, tool calls; in hearth-runner only"
    MAY base json chat constraint
    LIBS hearth_llama_chat
    OUTSIDE chat.h chat-auto-parser.h chat-peg-parser.h json.h peg-parser.h jinja/ boost/json
    LONG Templates/*)
  if(TARGET dialogue_test)
    target_compile_definitions(dialogue_test PRIVATE
      HEARTH_LLAMA_TEMPLATES="${HEARTH_LLAMA_VOCABS}/templates")
  endif()
  hearth_room(engine LAYER 4
    FOR "one model on llama.cpp: load, schedule, decode, sample, embed; in hearth-runner only"
    MAY base json process metrics constraint chat wire dialogue
    LIBS hearth_llama OUTSIDE llama.h ggml gguf.h xxhash.h LONG Templates/*)
  if(TARGET engine_test)
    target_compile_definitions(engine_test PRIVATE
      HEARTH_LLAMA_TEMPLATES="${HEARTH_LLAMA_VOCABS}/templates")
  endif()
endif()
hearth_room(fleet LAYER 4 THREADS
  FOR "the runners: started, supervised, spoken to; who computes what"
  MAY base process metrics gguf chat store wire
  LIBS outside_asio OUTSIDE boost/asio boost/system
  COSTLY <boost/asio/io_context.hpp> <boost/asio/steady_timer.hpp>)

if(HEARTH_ENGINE)
  hearth_room(train LAYER 5
    FOR "a model made, or taught further: vocabulary, weights, optimiser; in hearth-runner only"
    MAY base json process chat dialogue engine
    LIBS hearth_llama OUTSIDE llama.h ggml gguf.h boost/json)
  if(TARGET train_test)
    target_compile_definitions(train_test PRIVATE
      HEARTH_EMBER_FOLDER="${CMAKE_SOURCE_DIR}/models/ember"
      HEARTH_LLAMA_TEMPLATES="${HEARTH_LLAMA_VOCABS}/templates")
  endif()
endif()
hearth_room(provider LAYER 5
  FOR "who can answer a chat::Request; today the fleet"
  MAY base chat store fleet)

hearth_room(tool LAYER 6 THREADS
  FOR "what a model may do on this machine: the built-in tools, what holds them, who has to agree"
  MAY base json net process constraint OUTSIDE boost/json COSTLY <boost/json/value.hpp>)

hearth_room(agent LAYER 7
  FOR "a model that uses tools until it answers: what is called, what it hears, when it is enough"
  MAY base json chat tool OUTSIDE boost/json
  COSTLY <boost/json/value.hpp>)

hearth_room(flow LAYER 8 THREADS
  FOR "tasks done by planner, critic and executor: durable, bounded, with tools"
  MAY base json db chat constraint OUTSIDE boost/json
  COSTLY <boost/json/value.hpp>)

hearth_room(eval LAYER 8
  FOR "what measures models and flows: golden tasks, whether they were done, and what it took"
  MAY base json OUTSIDE boost/json COSTLY <boost/json/value.hpp>)

hearth_room(api LAYER 9 THREADS
  FOR "HTTP faces: core, a folder for each dialect, Hearth's own; bytes in, chat::Request out"
  MAY base json net metrics access responses chat store fleet provider tool agent flow
  LIBS outside_asio OUTSIDE boost/asio
  COSTLY <boost/asio/awaitable.hpp> <boost/asio/co_spawn.hpp>
  <boost/asio/io_context.hpp> <boost/asio/steady_timer.hpp> <boost/json/value.hpp>)
# Of this file alone, so that no other has to be compiled for it.
set_source_files_properties(${CMAKE_SOURCE_DIR}/src/api/openapi_test.cc PROPERTIES
  COMPILE_DEFINITIONS HEARTH_OPENAPI="${CMAKE_SOURCE_DIR}/docs/openapi.yaml")
set_source_files_properties(${CMAKE_SOURCE_DIR}/src/api/llamacpp/documented_fields_test.cc
  PROPERTIES COMPILE_DEFINITIONS HEARTH_DOCS="${CMAKE_SOURCE_DIR}/docs")
hearth_room(cli LAYER 9
  FOR "the command line: one file per command; speaks HTTP to the daemon like any client"
  MAY base json config net db process gguf access chat store tool agent eval
  LIBS outside_cli11 OUTSIDE CLI COSTLY <CLI/CLI.hpp>)

// The headers of llama.cpp's Jinja engine, as the engine itself was compiled: without its asserts,
// which a template with a mistake would trip. A function inside them that differed between the
// engine and us would be one of both, at the linker's choice.
#pragma once

#ifndef NDEBUG
#define NDEBUG
#define HEARTH_DEBUG_AGAIN
#endif

#include <jinja/lexer.h>
#include <jinja/parser.h>
#include <jinja/runtime.h>
#include <jinja/value.h>

#ifdef HEARTH_DEBUG_AGAIN
#undef HEARTH_DEBUG_AGAIN
#undef NDEBUG
#include <cassert>
#endif

// A template's program that is watched: the engine's own nodes, with others in the place of those
// that do something, which ask the thread's Watch first and tell it what came out.
//
// The chat library parses by the same function, jinja::parse_from_tokens, which is defined here:
// so no template of a model is ever run unwatched, not even when the library tries it out.
//
// REQUIRES: a Watch lives wherever a program runs, and where the library parses.
// Threads:  a program is immutable and may run in several threads.
// Limits:   see jinja_shape.h and jinja_watch.h.
#pragma once

#include "dialogue/jinja_engine.h"
#include "dialogue/jinja_nodes.h"

namespace hearth::dialogue {

jinja::program watched_program(const jinja::lexer_result& read, Undefined undefined);

}  // namespace hearth::dialogue

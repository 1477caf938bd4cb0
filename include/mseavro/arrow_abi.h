// The structures of the Arrow C Data Interface and the Arrow C Stream Interface.
//
// They are a published binary interface, the same in every library that speaks it, so columns pass
// between libraries without either knowing the other, and without copies. What the members mean:
// https://arrow.apache.org/docs/format/CDataInterface.html and CStreamInterface.html.
//
// Whoever holds a structure whose `release` is not null owns what it points to, and calls
// `release(&it)` once, from any thread. A structure is moved by copying its bytes and setting the
// source's `release` to null. Children may be moved out in this way before their parent is
// released.
#pragma once

#include <cstdint>

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

inline constexpr int64_t ARROW_FLAG_DICTIONARY_ORDERED = 1;
inline constexpr int64_t ARROW_FLAG_NULLABLE = 2;
inline constexpr int64_t ARROW_FLAG_MAP_KEYS_SORTED = 4;

extern "C" {

struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema** children;
  struct ArrowSchema* dictionary;
  void (*release)(struct ArrowSchema*);
  void* private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void** buffers;
  struct ArrowArray** children;
  struct ArrowArray* dictionary;
  void (*release)(struct ArrowArray*);
  void* private_data;
};

}  // extern "C"

#endif  // ARROW_C_DATA_INTERFACE

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

extern "C" {

struct ArrowArrayStream {
  int (*get_schema)(struct ArrowArrayStream*, struct ArrowSchema* out);
  int (*get_next)(struct ArrowArrayStream*, struct ArrowArray* out);
  const char* (*get_last_error)(struct ArrowArrayStream*);
  void (*release)(struct ArrowArrayStream*);
  void* private_data;
};

}  // extern "C"

#endif  // ARROW_C_STREAM_INTERFACE

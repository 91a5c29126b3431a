#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/core/json.hpp"

namespace testudo {

// A text that diagnostics point into.
struct SourceFile {
    std::string name; // as the user gave it
    std::string text; // UTF-8 as read; may be malformed
};

// A range of bytes in one source file; an empty range points between two bytes.
struct Span {
    std::shared_ptr<const SourceFile> file; // null: no place
    std::size_t begin = 0;
    std::size_t end = 0;
};

enum class Severity { error, warning };

struct Diagnostic {
    std::string code; // "T0103", stable; see docs/diagnostics.md
    Severity severity = Severity::error;
    Span span;
    std::string message;
    std::string hint; // "did you mean `nations`?"; may be empty
    struct Related {
        Span span;
        std::string message;
    };
    std::vector<Related> related;
};

// 1-based line and column; the column counts characters (UTF-8 code points), a tab as one.
struct Position {
    std::size_t line = 1;
    std::size_t column = 1;
};
Position position_of(const Span& span);

// "FILE:LINE:COLUMN: error[T0103]: MESSAGE", the source line, a caret under the span, then hint and related places.
std::string render(const Diagnostic& diagnostic);
json::object to_json(const Diagnostic& diagnostic);

// The candidate nearest to `word` by edit distance, or "" if none is near enough to suggest.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

} // namespace testudo

#pragma once
#include <string>
#include <vector>

#include "orchestrator/template/sources.hpp"
#include "orchestrator/template/spanned.hpp"
#include "orchestrator/template/tree.hpp"

namespace testudo::template_ {

// Turns nodes into values and says what is wrong with those that do not fit. A value that does not fit stays "not
// given".
class Reader {
  public:
    Reader(Diagnostics& diagnostics, Sources& sources) : out(diagnostics), sources_(sources) {}

    void text(const Node& node, Text& value);
    // One text or a list of texts.
    void texts(const Node& node, std::vector<Text>& values);
    void name(const Text& text, std::string_view what, std::size_t longest, Text& value);
    void word(const Node& node, const std::vector<std::string>& words, Text& value);
    void word(const Text& text, const std::vector<std::string>& words, Text& value);
    void number(const Node& node, std::int64_t least, std::int64_t most, Number& value);
    void points(const Node& node, Number& milli);
    void points(const Text& text, Number& milli);
    void mebibytes(const Node& node, std::int64_t least, std::int64_t most, Number& value);
    void duration(const Node& node, Duration& value);
    void flag(const Node& node, Flag& value);
    // A text, or `{ file: NAME }`: the text of that file.
    void text_or_file(const Node& node, Text& value);
    void file(const Node& node, Text& value);
    // The file that `name` names, or null when that has been complained about.
    std::shared_ptr<const SourceFile> source(const Text& name);

    // "`x` should be a list": what stands there instead is named.
    void wrong(const Node& node, std::string_view wanted, std::string hint = "");

    Diagnostics& out;

  private:
    bool scalar(const Node& node, std::string_view wanted);

    Sources& sources_;
};

} // namespace testudo::template_

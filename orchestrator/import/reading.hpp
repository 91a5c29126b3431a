#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/import/item.hpp"
#include "orchestrator/template/report.hpp"

namespace testudo::import_ {

using template_::Diagnostics;

// What the report says of a thing that did not come over as it was. The codes are explained in docs/import.md.
namespace code {
inline constexpr auto wrong_file = "T1302";
inline constexpr auto wrong_value = "T1303";
inline constexpr auto lost = "T1311";
inline constexpr auto unknown = "T1312";
inline constexpr auto address = "T1313";
inline constexpr auto name = "T1314";
inline constexpr auto image = "T1315";
inline constexpr auto value = "T1316";
inline constexpr auto made_up = "T1317";
} // namespace code

// Reads items. What is read is marked as carried over; what is of the wrong kind is an error and reads as absent.
class Reading {
  public:
    enum class Keys { exact, any_case };

    explicit Reading(Diagnostics& diagnostics, Keys keys = Keys::exact) : out(diagnostics), keys_(keys) {}

    // The value of a key, marked as carried over if it is nothing; null if there is none or it is nothing.
    Item* find(Item& in, std::string_view key) const;
    bool has(Item& in, std::string_view key) const { return find(in, key) != nullptr; }
    Item* mapping(Item& in, std::string_view key);
    Item* list(Item& in, std::string_view key);
    std::optional<std::string> text(Item& in, std::string_view key);
    std::optional<std::int64_t> whole(Item& in, std::string_view key, std::int64_t least, std::int64_t most);
    std::optional<bool> flag(Item& in, std::string_view key);
    // One text or a list of texts.
    std::vector<std::string> texts(Item& in, std::string_view key);
    // The items of one text or of a list of texts, unmarked.
    std::vector<Item*> text_items(Item& in, std::string_view key);

    // The same of an item that is at hand.
    std::optional<std::string> text_of(Item& item);
    std::optional<std::int64_t> whole_of(Item& item, std::int64_t least, std::int64_t most);
    bool is_mapping(Item& item);
    bool is_list(Item& item);

    // An error if `in` has no such key.
    bool need(Item& in, std::string_view key, std::string_view what);
    void wrong(const Item& item, std::string_view wanted);
    // Something that the format has and Testudo does not; it becomes a comment.
    void lost(Item& item, std::string_view why);
    void lost(Item& in, std::string_view key, std::string_view why);
    // Read, and of no meaning for a range (a version, the name of a tool).
    void meaningless(Item& in, std::string_view key);
    // Something that came over, but not as it was.
    void changed(const char* code, const Span& span, std::string what, std::string instead);

    Diagnostics& out;

  private:
    Keys keys_;
};

// Marks the item and all below it.
void settle(Item& item, Item::Fate fate);

} // namespace testudo::import_

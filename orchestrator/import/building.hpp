#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orchestrator/import/draft.hpp"
#include "orchestrator/import/reading.hpp"

// What several readers do alike when they fill a draft.
namespace testudo::import_ {

// The index of a new entry that was read from `origin`.
std::size_t add_network(Draft& draft, std::string name, Span span, const Item* origin);
std::size_t add_machine(Draft& draft, std::string name, Span span, const Item* origin);
std::optional<std::size_t> find_network(const Draft& draft, std::string_view name);
std::optional<std::size_t> find_machine(const Draft& draft, std::string_view name);

// Puts a machine on a network; an address with a length tells the network's prefix if nothing else has.
void attach(Draft& draft, std::size_t machine, std::size_t network, Span span,
            const std::optional<plan::Prefix>& address);
// "10.0.0.5/24", or "10.0.0.5" with the length given apart.
std::optional<plan::Prefix> parse_interface(std::string_view text, int length);

// The name of the machine's service on a port, which it then has.
std::string serve(Machine& machine, int port, std::string_view protocol = "");
// Packages by their names, parted by blanks: what the stand-in holds is asked for, and the item is told if it is not
// all.
void want_packages(Reading& in, Item& item, const std::string& names, Machine& machine);
// Machines, and the names of those that are ready before them.
using Waits = std::vector<std::pair<std::size_t, Item*>>;
void wait(Reading& in, Draft& draft, const Waits& waits);
// The machine from which checks are asked on a network, made if there is none.
std::size_t vantage_on(Draft& draft, std::size_t network);
// Every router lets everything through, as the original did.
void open_routers(Draft& draft);

// Keys that a format knows and Testudo has nothing for, with the reason.
struct Lost {
    std::string_view key;
    std::string_view why;
};
template <std::size_t N> void lose(Reading& in, Item& item, const Lost (&all)[N]) {
    for (const auto& [key, why] : all)
        in.lost(item, key, why);
}

} // namespace testudo::import_

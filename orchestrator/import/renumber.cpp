#include "orchestrator/import/renumber.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <set>
#include <tuple>

namespace testudo::import_ {
namespace {

using plan::Address;
using plan::Prefix;

constexpr int usual_length = 24;
constexpr int longest_length = 30;      // in shorter networks nobody has a number
constexpr std::size_t all_blocks = 512; // networks of usual length in 198.18.0.0/15

// The last 64 bits, or the whole IPv4 address.
std::uint64_t low_bits(const Address& address) {
    std::uint64_t out = 0;
    for (std::size_t i = 8; i < 16; ++i)
        out = out << 8U | address.bytes[i];
    return out;
}

std::int64_t number_in(const Prefix& prefix, const Address& address) {
    return static_cast<std::int64_t>(low_bits(address) - low_bits(plan::first_of(prefix)));
}

// The greatest number of a machine in a network of this length.
std::int64_t last_number(int length) {
    return (std::int64_t{1} << (32 - length)) - 2;
}

int length_for(std::int64_t last) {
    int length = longest_length;
    while (length > 0 && last_number(length) < last)
        --length;
    return length;
}

struct Place {
    Network* network = nullptr;
    std::vector<std::pair<Machine*, Attachment*>> members;
    int length = usual_length;
    bool numbers_stay = true; // the machines' numbers fit into the length
    std::size_t block = 0;    // from the beginning of a team's addresses
    int low = 0;              // last byte of the network's address
};

class Renumbering {
  public:
    Renumbering(Draft& draft, std::size_t blue_teams, Reading& in) : draft_(draft), teams_(blue_teams), in_(in) {
        for (auto& network : draft.networks)
            places_.push_back(Place{&network, {}, usual_length, true, 0, 0});
        for (auto& machine : draft.machines)
            for (auto& on : machine.on)
                places_[on.network].members.emplace_back(&machine, &on);
    }

    bool run() {
        if (places_.empty())
            return true;
        keep_ = may_stay();
        for (auto& place : places_)
            wish(place);
        if (!keep_ && !fit())
            return false;
        for (auto& place : places_) {
            write_ipv4(place);
            number(place);
        }
        write_ipv6();
        const auto most = keep_ ? 1 : (all_blocks - blocks_) / stride_;
        if (most < 10)
            draft_.notes.push_back(
                fmt::format("The addresses of the networks are enough for {} {}.", most, most == 1 ? "team" : "teams"));
        return true;
    }

  private:
    // With one team, networks that lie where exercises do, and do not overlap, need no other addresses.
    bool may_stay() const {
        std::vector<Prefix> all;
        const auto good = [&all](const Prefix& prefix) {
            return plan::is_range_address(prefix) && plan::first_of(prefix) == prefix.base &&
                   std::none_of(all.begin(), all.end(),
                                [&](const Prefix& other) { return plan::overlap(other, prefix); });
        };
        for (const auto& place : places_) {
            const auto& [ipv4, ipv6] = std::tie(place.network->ipv4, place.network->ipv6);
            if (!ipv4 || ipv4->length > longest_length || !good(*ipv4) ||
                last_number(ipv4->length) < static_cast<std::int64_t>(place.members.size()))
                return false;
            all.push_back(*ipv4);
            if (ipv6 && (ipv6->length > 120 || !good(*ipv6)))
                return false;
            if (ipv6)
                all.push_back(*ipv6);
        }
        return teams_ == 1;
    }

    std::int64_t wanted(const Place& place, const Attachment& on) const {
        const auto& prefix = place.network->ipv4;
        if (!prefix || !on.ipv4 || !plan::contains(*prefix, *on.ipv4))
            return 0;
        return number_in(*prefix, *on.ipv4);
    }

    // The length that the network has in the file, or one for as many machines as it has.
    void wish(Place& place) const {
        const auto& prefix = place.network->ipv4;
        const auto room = length_for(static_cast<std::int64_t>(place.members.size()) + 9);
        place.length = prefix ? std::min(prefix->length, longest_length) : std::min(room, usual_length);
        while (last_number(place.length) < static_cast<std::int64_t>(place.members.size()))
            --place.length;
    }

    // Smaller, but with room for the numbers that machines have if these are not spread far.
    void shrink(Place& place, int below, bool keep_numbers) const {
        if (place.length >= below)
            return;
        std::int64_t last = 0;
        for (const auto& [machine, on] : place.members)
            last = std::max(last, wanted(place, *on));
        const auto enough = length_for(static_cast<std::int64_t>(place.members.size()) + 9);
        const auto length = std::min({usual_length, enough, keep_numbers ? length_for(last) : usual_length});
        if (length <= place.length)
            return;
        place.length = length;
        place.numbers_stay = last <= last_number(length);
    }

    bool fit() {
        if (arrange())
            return true;
        for (const auto& [below, keep_numbers] : {std::pair(20, true), std::pair(20, false), std::pair(24, false)}) {
            for (auto& place : places_) {
                wish(place);
                place.numbers_stay = true;
                shrink(place, below, keep_numbers);
            }
            if (arrange())
                return true;
        }
        template_::error(in_.out, code::wrong_file, draft_.span,
                         fmt::format("{} networks for {} teams do not fit into 198.18.0.0/15", places_.size(), teams_),
                         "import a part of it");
        return false;
    }

    // Puts the networks one behind the other, larger ones first, since each begins at a multiple of its size.
    bool arrange() {
        std::vector<Place*> order;
        for (auto& place : places_)
            order.push_back(&place);
        std::stable_sort(order.begin(), order.end(), [](const Place* a, const Place* b) {
            return std::min(a->length, usual_length) < std::min(b->length, usual_length) ||
                   (std::min(a->length, usual_length) == std::min(b->length, usual_length) &&
                    (a->length > usual_length) < (b->length > usual_length)) ||
                   (a->length > usual_length && b->length > usual_length && a->length < b->length);
        });
        std::size_t addresses = 0;
        for (auto* place : order) {
            const auto size = std::size_t{1} << static_cast<unsigned>(32 - place->length);
            addresses = (addresses + size - 1) / size * size;
            place->block = addresses / 256;
            place->low = static_cast<int>(addresses % 256);
            addresses += size;
        }
        const auto blocks = (addresses + 255) / 256;
        const auto largest = std::size_t{1}
                             << static_cast<unsigned>(usual_length - std::min(order.front()->length, usual_length));
        stride_ = largest;
        if (largest == 1) {
            constexpr std::array<std::size_t, 7> round{1, 10, 20, 50, 100, 200, 256};
            const auto* enough = std::find_if(round.begin(), round.end(), [blocks](auto n) { return n >= blocks; });
            stride_ = enough == round.end() ? all_blocks : *enough;
        }
        while (stride_ < blocks)
            stride_ *= 2;
        blocks_ = blocks;
        last_block_ = stride_ * teams_ + blocks - 1;
        return last_block_ < all_blocks;
    }

    // The third byte of an address, and the second where the exercise needs more than 198.18.
    std::string first_bytes(std::size_t block) const {
        if (last_block_ >= 256 && stride_ % 256 == 0) { // the third byte is the same for all teams
            const auto second =
                stride_ == 256 ? std::string("team.number") : fmt::format("{} * team.number", stride_ / 256);
            return fmt::format("198.{{{{ {} + {} }}}}.{}", 18 + block / 256, second, block % 256);
        }
        auto number = stride_ == 1 ? std::string("team.number") : fmt::format("{} * team.number", stride_);
        if (block > 0)
            number += fmt::format(" + {}", block);
        if (last_block_ < 256)
            return fmt::format("198.18.{{{{ {} }}}}", number);
        if (stride_ != 1 || block > 0)
            number = "(" + number + ")";
        return fmt::format("198.{{{{ 18 + {0} / 256 }}}}.{{{{ {0} % 256 }}}}", number);
    }

    void write_ipv4(Place& place) {
        auto& network = *place.network;
        if (keep_) {
            network.ipv4_text = network.ipv4 ? plan::to_text(*network.ipv4) : "";
            return;
        }
        network.ipv4_text = fmt::format("{}.{}/{}", first_bytes(place.block), place.low, place.length);
        if (network.ipv4)
            in_.changed(code::address, network.span,
                        fmt::format("`{}` has other addresses than {}: every team needs its own, inside 198.18.0.0/15",
                                    network.name, plan::to_text(*network.ipv4)),
                        network.ipv4_text);
        else if (!place.members.empty())
            in_.changed(code::made_up, network.span, fmt::format("the file gives `{}` no addresses", network.name),
                        network.ipv4_text);
    }

    void number(Place& place) {
        std::set<std::int64_t> taken;
        const auto last = last_number(place.length);
        std::vector<std::pair<Machine*, Attachment*>> rest;
        for (const auto& [machine, on] : place.members) {
            const auto own = wanted(place, *on);
            if (own >= 1 && own <= last && taken.insert(own).second)
                on->number = own;
            else
                rest.emplace_back(machine, on);
        }
        for (const auto& [machine, on] : rest) {
            const auto low = place.numbers_stay ? 0 : wanted(place, *on) % 256;
            on->number = low >= 1 && low <= last && !taken.contains(low) ? low : next_free(taken, *machine, last);
            taken.insert(on->number);
        }
        for (const auto& [machine, on] : place.members) {
            if (on->ipv4 && wanted(place, *on) != on->number)
                moved(*machine, place, *on, plan::to_text(*on->ipv4),
                      fmt::format("number {} of {}", on->number, place.network->ipv4_text));
            if (place.network->ipv6)
                on->ipv4_text =
                    keep_
                        ? plan::to_text(plan::host_of(*place.network->ipv4, on->number).value_or(Address{}))
                        : fmt::format("{}.{}", first_bytes(place.block + low(place, *on) / 256), low(place, *on) % 256);
        }
    }

    static std::size_t low(const Place& place, const Attachment& on) {
        return static_cast<std::size_t>(place.low) + static_cast<std::size_t>(on.number);
    }

    void moved(const Machine& machine, const Place& place, const Attachment& on, const std::string& old,
               std::string now) {
        if (!on.span.file) // the address was none of the file's
            return;
        in_.changed(code::address, on.span,
                    fmt::format("`{}` has another address on `{}` than {}", machine.name, place.network->name, old),
                    std::move(now));
    }

    // Routers come first, the others begin with 10 where there is room.
    static std::int64_t next_free(const std::set<std::int64_t>& taken, const Machine& machine, std::int64_t last) {
        for (auto n = std::int64_t{machine.router || last < 20 ? 1 : 10}; n <= last; ++n)
            if (!taken.contains(n))
                return n;
        for (std::int64_t n = 1; n <= last; ++n)
            if (!taken.contains(n))
                return n;
        return 0; // cannot be: the length was chosen for all members
    }

    void write_ipv6() {
        const auto count = static_cast<std::size_t>(
            std::count_if(places_.begin(), places_.end(), [](const Place& p) { return p.network->ipv6.has_value(); }));
        std::size_t stride = 10;
        while (stride < count)
            stride *= 10;
        std::size_t index = 0;
        for (auto& place : places_) {
            auto& network = *place.network;
            std::string begin;
            if (network.ipv6) {
                begin = fmt::format("2001:db8:{{{{ {} * team.number{} }}}}:", stride,
                                    index == 0 ? "" : fmt::format(" + {}", index));
                ++index;
                const auto length = std::clamp(network.ipv6->length, 64, 120);
                network.ipv6_text = keep_ ? plan::to_text(*network.ipv6) : fmt::format("{}:/{}", begin, length);
                if (!keep_)
                    in_.changed(code::address, network.span,
                                fmt::format("`{}` has other addresses than {}: every team needs its own, inside "
                                            "2001:db8::/32",
                                            network.name, plan::to_text(*network.ipv6)),
                                network.ipv6_text);
            }
            std::set<std::string> taken;
            for (const auto& [machine, on] : place.members) {
                if (!on->ipv6)
                    continue;
                on->ipv6_text = ipv6_of(network, *on, begin);
                const auto old = plan::to_text(*on->ipv6);
                if (on->ipv6_text.empty() || !taken.insert(on->ipv6_text).second) {
                    on->ipv6_text.clear();
                    moved(*machine, place, *on, old, "only IPv4");
                } else if (!keep_) {
                    moved(*machine, place, *on, old, on->ipv6_text);
                }
            }
        }
    }

    // The machine's bits behind the network's new ones; nothing if it has none or its address is no part of the
    // network.
    std::string ipv6_of(const Network& network, const Attachment& on, const std::string& begin) const {
        if (!network.ipv6 || !plan::contains(*network.ipv6, *on.ipv6) || *on.ipv6 == plan::first_of(*network.ipv6))
            return "";
        if (keep_)
            return plan::to_text(*on.ipv6);
        const auto host_bits = 128 - std::clamp(network.ipv6->length, 64, 120);
        auto number = low_bits(*on.ipv6);
        if (host_bits < 64)
            number &= (std::uint64_t{1} << static_cast<unsigned>(host_bits)) - 1;
        if (number == 0)
            return "";
        std::string groups;
        std::size_t count = 0;
        for (; number != 0; number >>= 16U, ++count)
            groups = fmt::format("{:x}{}{}", number & 0xFFFFU, groups.empty() ? "" : ":", groups);
        // With four groups nothing is left to shorten.
        return begin + (count == 4 ? "0:" : ":") + groups;
    }

    Draft& draft_;
    std::size_t teams_;
    Reading& in_;
    std::vector<Place> places_;
    bool keep_ = false;
    std::size_t stride_ = 1;
    std::size_t blocks_ = 1;     // that one team needs
    std::size_t last_block_ = 0; // that the last team needs
};

} // namespace

bool renumber(Draft& draft, std::size_t blue_teams, Reading& in) {
    return Renumbering(draft, blue_teams, in).run();
}

} // namespace testudo::import_

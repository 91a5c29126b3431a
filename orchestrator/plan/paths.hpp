#pragma once
#include <map>
#include <optional>
#include <vector>

#include "orchestrator/plan/draft.hpp"

namespace testudo::plan {

// How one machine reaches the segments of the range, by the fewest routers. A team's machine sees its team's segments
// and the shared ones; it never sees another team's, so no way to one can be found.
class Paths {
  public:
    struct Hop {
        std::size_t router;
        std::size_t from; // segment on which the router is entered
    };
    struct Way {
        std::optional<Hop> last;    // the router that leads into the segment; nothing: the machine stands on it
        std::optional<Address> via; // the first router's address, as the machine's route names it
        std::size_t hops = 0;
    };

    Paths(const Draft& draft, std::size_t machine, bool v6);

    // Segments that are reached, in the order of their distance.
    const std::vector<std::size_t>& reached() const { return order_; }
    const Way* to(std::size_t segment) const;
    // The routers on the way, nearest first.
    std::vector<std::size_t> routers_to(std::size_t segment) const;

  private:
    std::map<std::size_t, Way> ways_;
    std::vector<std::size_t> order_;
};

// The machine's address of a family on a segment.
std::optional<Address> address_on(const MachineDraft& machine, std::size_t segment, bool v6);

} // namespace testudo::plan

#pragma once
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/core/event.hpp"
#include "scoring/model.hpp"
#include "scoring/verdict.hpp"

namespace testudo::scoring {

// Availability [1]: turns probes into verdicts with attribution, window by window.
//
// Window k of a check is its k-th period since STARTEX; all teams and the reference are probed once in it. Every team's
// verdict of a window goes
//
//     pending ──judge()──► ok, unknown                                     final at once
//        └────────────────► bad ──► voided   the reference is bad in the same window
//                            │ ├──► held     without a known cause, and the reference cannot be judged, or >= 80 % of
//                            the │ │             teams (two at least) are bad without a known cause or cannot be judged
//                            │ └──► charged  neither can happen any more
//                            ├──► voided   a machine of the team, or one that all share, was being reset by the
//                            organiser └──► the white team's latest ruling on that moment goes before all of it
//
// A cause is known when an effect of the exercise's own attack holds on the checked machine of that team: three portals
// defaced on the same minute are no fault of the organiser. A window whose probes never came is closed after two more.
// A void takes bad verdicts out and leaves good ones in: it can never cost a team anything.
class Availability {
  public:
    // True if an attack's effect explains a failure of this team's machine at this moment.
    using Explains = std::function<bool(const std::string& team, const std::string& machine, std::int64_t at_ms)>;

    struct Status { // of one check, as of its latest window with a final verdict
        Verdict verdict = Verdict::pending;
        std::int64_t since_ms = 0; // first moment of the verdict
        std::string reason;        // of the probe
        std::string vantage;
        int confirmed = 0; // re-checks that failed too
        std::uint64_t seq = 0;
        std::int64_t window = -1;
    };
    struct Tally {
        std::int64_t good_halves = 0;
        std::int64_t scored = 0;
        std::int64_t unscored = 0; // final, but unknown, held or void
    };
    struct Settled {
        std::size_t check;
        Verdict verdict;
        std::int64_t at_ms;
    };
    struct Episode { // windows in a row that cost the team something
        std::size_t check;
        Verdict verdict; // the worst of them
        std::int64_t from_ms = 0;
        std::int64_t to_ms = 0;
        std::int64_t lost_halves = 0;
        std::vector<std::uint64_t> seqs;
        std::string reason;
    };

    explicit Availability(std::shared_ptr<const Model> model);

    void sample(const Event& event, const Explains& explains);
    void ruling(const Event& event, const Explains& explains);
    // A machine is taken away by the organiser, and is back (machine.reset, machine.state). Until `settling` later no
    // bad verdict of its team is charged; of all teams, if the machine is of none.
    static constexpr std::int64_t settling_ms = 15'000; // services start, neighbours learn its address anew
    void interrupted(const std::string& machine, const std::string& team, std::int64_t at_ms);
    void back(const std::string& machine, std::int64_t at_ms);
    // The same for machines (with their teams) whose host was found lost: it may have been away `unnoticed_ms` before,
    // so what was charged since is taken back.
    static constexpr std::int64_t unnoticed_ms = 30'000;
    void host_lost(const std::map<std::string, std::string>& machines, std::int64_t at_ms, const Explains& explains);
    // An effect of this team's machine was seen: held verdicts there may now have a known cause.
    void reconsider(const std::string& team, const Explains& explains);
    // Nothing more will come for the windows that are open (ENDEX, a controller that was away).
    void close(const Explains& explains);

    // Verdicts that became final or changed since the last call.
    std::vector<Settled> take_settled();
    // Checks whose status has another verdict than at the last call, and which it was.
    std::map<std::size_t, Verdict> take_changes();

    const Status& status(std::size_t check) const { return statuses_[check]; }
    const Status* status(std::string_view check) const; // by id; nullptr if there is none
    const Tally& tally(std::size_t check) const { return tallies_[check]; }
    std::vector<Episode> episodes(const std::string& team) const;

  private:
    struct Instance {
        std::vector<Probe> attempts;
        std::int64_t first_ms = 0;
        std::int64_t last_ms = 0;
        std::uint64_t first_seq = 0;
        std::uint64_t last_seq = 0;
        std::string reason;
        std::string vantage;
        Verdict judged = Verdict::pending;
        Verdict standing = Verdict::pending;
    };
    struct Window {
        std::vector<Instance> teams; // as Group::teams
        Instance twin;
        bool closed = false;
    };
    struct Ruling {
        std::string team; // "" = all
        std::int64_t from_ms;
        std::int64_t to_ms;
        bool charge;
    };
    struct Interruption {
        std::string machine;
        std::string team; // "" = all
        std::int64_t from_ms;
        std::int64_t to_ms; // the end of time while it lasts
    };
    struct Group { // the same check of all teams
        std::vector<std::size_t> teams;
        std::size_t twin = none;
        std::map<std::int64_t, Window> windows;
        std::set<std::int64_t> open;
        std::set<std::int64_t> doubtful; // windows with a bad verdict that is pending or held
        std::vector<Ruling> rulings;
    };
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    void settle(Group& group, std::int64_t number, const Explains& explains);
    void set_standing(std::size_t check, std::int64_t number, Instance& instance, Verdict verdict);
    const Ruling* ruling_of(const Group& group, const std::string& team, std::int64_t at_ms) const;
    bool is_interrupted(const std::string& team, const Instance& instance) const;

    std::shared_ptr<const Model> model_;
    std::map<std::string, Group> groups_; // by Check::name
    std::map<std::string, std::size_t, std::less<>> index_;
    std::vector<Status> statuses_;
    std::vector<Tally> tallies_;
    std::vector<Settled> settled_;
    std::vector<Interruption> interruptions_;
    std::map<std::size_t, Verdict> before_; // of statuses that have changed
};

} // namespace testudo::scoring

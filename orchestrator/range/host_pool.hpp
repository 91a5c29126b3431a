#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "orchestrator/core/loop.hpp"
#include "orchestrator/range/hypervisor.hpp"

namespace testudo::range {

// Several hosts as one Hypervisor. Machines are made on MachineSpec::host, networks on each of NetworkSpec::hosts, with
// a trunk between their parts.
//
//   up ──its list fails, or is late──► lost ──a list succeeds, be it the late one──► up
//
// A lost host fails nobody else: lists are without its objects, what concerns it alone is refused at once
// ("range.host-lost"), and what concerns all hosts is done on the others. Only lists tell whether a host is there, so
// somebody has to ask now and then: watch().
class HostPool final : public Hypervisor {
  public:
    struct Member {
        std::string id;       // Host::id of the plan
        std::string underlay; // its address for trunks; "" if it has none
        std::unique_ptr<Hypervisor> hypervisor;
    };

    HostPool(Loop& loop, std::vector<Member> members, Millis patience = Millis(10'000));
    ~HostPool() override;

    // Lists all hosts every so often.
    void watch(Millis period);

    void list(Done<std::vector<Observed>> done) override;
    void create_network(const NetworkSpec& spec, Done<void> done) override;
    void create_machine(const MachineSpec& spec, Done<void> done) override;
    void save_machine(const MachineRef& machine, const std::string& snapshot, Done<void> done) override;
    void restore_machine(const MachineSpec& spec, const std::string& snapshot, Done<void> done) override;
    void forget_snapshot(const MachineRef& machine, const std::string& snapshot, Done<void> done) override;
    void destroy(const Observed& object, Done<void> done) override;
    void guard(const Guard& guard, Done<void> done) override;
    void unguard(const std::string& exercise, Done<void> done) override;
    void open_agent(const MachineRef& machine, Done<Channel> done) override;
    void open_console(const MachineRef& machine, Done<Channel> done) override;
    void open_display(const MachineRef& machine, Done<Channel> done) override;
    // The sum of all that are up.
    void host_info(Done<HostInfo> done) override;
    void on_vanished(Vanished observer) override;
    void on_notice(Notice observer) override;
    std::map<std::string, std::string> lost() const override;
    void on_host(HostChange observer) override { host_change_ = std::move(observer); }

  private:
    struct Host {
        Member member;
        std::string reason; // why it is lost; "" while it is up
        bool late = false;  // a list of it is overdue
    };
    using Listed = std::function<void(const Result<std::vector<Observed>>&)>;
    void list_one(Host& host, Listed listed);
    void heard_of(Host& host, const std::string& reason);
    Host* find(const std::string& id);
    // The host that the machine is on; refused if it is lost or there is none.
    Result<Hypervisor*> at(const std::string& id, const std::string& object);
    // Calls with the host of a machine, which is looked for where the reference does not say.
    void where(const MachineRef& machine, std::function<void(Result<Hypervisor*>)> then);
    template <class T> void refuse(Done<T> done, Error error);
    // On all of them side by side; `done` with the first refusal, once all have answered.
    void on_each(const std::vector<Host*>& hosts, const std::function<void(Host&, Done<void>)>& call, Done<void> done);
    std::vector<Host*> all_up();

    Loop& loop_;
    Millis patience_;
    std::vector<std::unique_ptr<Host>> hosts_;
    HostChange host_change_;
    TimerId watching_ = 0;
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

} // namespace testudo::range

#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "orchestrator/libvirt/handles.hpp"

namespace testudo::libvirt {

// A few connections to one URI, handed out in turn: libvirtd serves only so many calls of one client at a time. A dead
// one is opened anew when its turn comes. May be used by several threads; opening blocks.
class Connections {
  public:
    using Lease = std::shared_ptr<virConnect>;
    // Called once per connection that is opened, before it is handed out.
    using Opened = std::function<void(virConnectPtr, std::size_t index)>;

    Connections(std::string uri, std::size_t count, Opened opened);

    Result<Lease> get();
    // A particular one; the first carries the events.
    Result<Lease> get(std::size_t index);
    const std::string& uri() const { return uri_; }

  private:
    std::string uri_;
    Opened opened_;
    std::mutex mutex_;
    std::vector<Lease> leases_;
    std::size_t next_ = 0;
};

} // namespace testudo::libvirt

#pragma once
#include <cstdlib>
#include <libvirt/libvirt.h>
#include <memory>
#include <string>

#include "orchestrator/core/error.hpp"

// libvirt's objects with their one right way of letting go, and its errors as ours.
namespace testudo::libvirt {

struct Release {
    void operator()(virConnectPtr p) const { virConnectClose(p); }
    void operator()(virDomainPtr p) const { virDomainFree(p); }
    void operator()(virNetworkPtr p) const { virNetworkFree(p); }
    void operator()(virStreamPtr p) const { virStreamFree(p); }
    void operator()(char* p) const { std::free(p); }
};

using Connect = std::unique_ptr<virConnect, Release>;
using Domain = std::unique_ptr<virDomain, Release>;
using Network = std::unique_ptr<virNetwork, Release>;
using Stream = std::unique_ptr<virStream, Release>;
using Text = std::unique_ptr<char, Release>;

// The calling thread's last error of libvirt, in its own words; call it right after the call that failed.
tl::unexpected<Error> last_error(std::string object);
// True if the last error says that the object is not there.
bool last_error_is_absence();

} // namespace testudo::libvirt

#include "orchestrator/libvirt/handles.hpp"

#include <libvirt/virterror.h>

namespace testudo::libvirt {

tl::unexpected<Error> last_error(std::string object) {
    const auto* error = virGetLastError();
    if (error == nullptr || error->message == nullptr)
        return fail("libvirt.failed", std::move(object), "libvirt gave no reason");
    const char* code = "libvirt.refused";
    switch (error->code) {
    case VIR_ERR_NO_DOMAIN:
    case VIR_ERR_NO_NETWORK:
        code = "libvirt.absent";
        break;
    case VIR_ERR_RPC:
    case VIR_ERR_SYSTEM_ERROR:
    case VIR_ERR_NO_CONNECT:
        code = "libvirt.unreachable";
        break;
    default:
        break;
    }
    std::string message = error->message;
    while (!message.empty() && (message.back() == '\n' || message.back() == ' '))
        message.pop_back();
    return fail(code, std::move(object), std::move(message));
}

bool last_error_is_absence() {
    const auto* error = virGetLastError();
    return error != nullptr && (error->code == VIR_ERR_NO_DOMAIN || error->code == VIR_ERR_NO_NETWORK);
}

} // namespace testudo::libvirt

#include "orchestrator/libvirt/ownership.hpp"

#include <fmt/format.h>

namespace testudo::libvirt {

std::optional<Marked> mark_of(virDomainPtr domain) {
    const Text text(virDomainGetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT, metadata_namespace, 0));
    return text ? read_metadata(text.get()) : std::nullopt;
}

std::optional<Marked> mark_of(virNetworkPtr network) {
    const Text text(virNetworkGetXMLDesc(network, 0));
    return text ? read_metadata(text.get()) : std::nullopt;
}

Result<void> accept_existing(const std::optional<Marked>& there, const range::Mark& wanted, const std::string& name) {
    if (there && there->mark.exercise == wanted.exercise && there->mark.object == wanted.object &&
        there->mark.spec == wanted.spec)
        return {};
    return fail("libvirt.exists", wanted.object,
                there ? fmt::format("{} exists already: it is {} of exercise {}, made from another specification", name,
                                    there->mark.object, there->mark.exercise)
                      : fmt::format("{} exists already and is not ours: rename it or remove it", name));
}

Result<void> check_ours(const std::optional<Marked>& there, const range::Observed& wanted) {
    if (there && there->mark.exercise == wanted.mark.exercise)
        return {};
    return fail("range.not-ours", wanted.mark.object,
                there ? fmt::format("{} belongs to exercise {}", wanted.name, there->mark.exercise)
                      : fmt::format("{} does not carry our mark", wanted.name));
}

} // namespace testudo::libvirt

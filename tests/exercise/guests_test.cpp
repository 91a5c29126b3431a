#include "tests/contract/guests_contract.hpp"

#include "tests/exercise/fake_guests.hpp"

namespace testudo {
namespace {

class Fake {
  public:
    Fake() { fake_.lose("nobody"); }
    exercise::Guests& guests() { return fake_; }
    std::string known() { return "known"; }
    void lose() { fake_.lose("known"); }
    void bring_back() { fake_.bring_back("known"); }
    void settle() { loop_.advance(Millis(10'000)); }

  private:
    VirtualLoop loop_;
    exercise::FakeGuests fake_{loop_};
};

INSTANTIATE_TYPED_TEST_SUITE_P(Fake, GuestsContract, Fake);

} // namespace
} // namespace testudo

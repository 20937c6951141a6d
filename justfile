# Lists the recipes.
default:
  @just --list

# Warms the cache with the KVM lane's targets, in a Job on a node with KVM, and waits for its end.
[positional-arguments]
kvm-cache-prewarm-job *args:
  @scripts/kvm-cache-prewarm-job "$@"

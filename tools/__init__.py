"""What the Makefile and the docs need of the compiler: warnings, sizes and the contract reference."""

# SPDX-License-Identifier: BSD-2-Clause
# hospes-destroy.sh NAME: to the end of the last page, as xl destroy does it.
hospes destroy "$1" && hospes wait "$1" --for gone --timeout 60

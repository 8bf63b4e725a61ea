#!/bin/bash
# A Slurm cluster of two nodes on this machine, for trying `npm run sweep -- ... --executor slurm`. Run as root, with
# Debian's packages slurm-wlm and munge:
#
#   test/slurm/cluster.sh start FOLDER   starts it, with its configuration, state and logs in FOLDER
#   test/slurm/cluster.sh stop FOLDER    stops it
#
# /etc/slurm/slurm.conf becomes a link to the configuration, where there is none yet.
set -euo pipefail

action=${1:?start or stop}
folder=$(realpath -m "${2:?a folder for configuration, state and logs}")
export SLURM_CONF=$folder/slurm.conf

start() {
  mkdir -p "$folder/state"
  chmod 755 "$folder"
  [ -e "$folder/munge.key" ] || mungekey --create --keyfile="$folder/munge.key"
  cat >"$SLURM_CONF" <<CONF
ClusterName=test
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmUser=root
AuthInfo=socket=$folder/munge.socket
SlurmctldPort=17000
SlurmctldPidFile=$folder/slurmctld.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdPidFile=$folder/slurmd.%n.pid
SlurmdLogFile=$folder/slurmd.%n.log
SlurmdSpoolDir=$folder/spool.%n
StateSaveLocation=$folder/state
# Both nodes are this machine, each with one of its cores: nothing is bound or watched by cgroups.
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
# squeue must still know a job when Snakemake asks whether it has ended.
MinJobAge=600
NodeName=one NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=17001 CPUs=1 RealMemory=4000
NodeName=two NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=17002 CPUs=1 RealMemory=4000
PartitionName=all Nodes=one,two Default=YES MaxTime=INFINITE State=UP
CONF
  # Snakemake clears the environment variables of Slurm in its jobs, SLURM_CONF too.
  [ -e /etc/slurm/slurm.conf ] || ln -sf "$SLURM_CONF" /etc/slurm/slurm.conf
  munged --force --key-file="$folder/munge.key" --socket="$folder/munge.socket" --pid-file="$folder/munged.pid" \
    --log-file="$folder/munged.log" --seed-file="$folder/munged.seed"
  slurmctld
  slurmd -N one
  slurmd -N two
  for _ in $(seq 30); do
    [ "$(sinfo --noheader --format=%D%t 2>/dev/null)" = 2idle ] && break
    sleep 1
  done
  sinfo
}

stop() {
  for name in slurmd.one slurmd.two slurmctld munged; do
    [ -e "$folder/$name.pid" ] && kill "$(cat "$folder/$name.pid")"
  done
  [ "$(readlink /etc/slurm/slurm.conf)" != "$SLURM_CONF" ] || rm /etc/slurm/slurm.conf
}

"$action"
